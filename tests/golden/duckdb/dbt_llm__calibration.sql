select
    cast(null as TEXT) as probe,
    cast(null as TEXT) as question,
    cast(null as TEXT) as function_name,
    cast(null as bigint) as requests,
    cast(null as TEXT) as adapter,
    cast(null as TEXT) as endpoint,
    cast(null as TEXT) as model_name,
    cast(null as TEXT) as statement,
    cast(null as TEXT) as result,
    cast(null as TEXT) as error,
    cast(null as TEXT) as dbt_version,
    cast(null as TEXT) as database_version,
    cast(null as TEXT) as invocation_id,
    cast(null as timestamp) as ran_at
from (select 1 as one) as nothing
where 1 = 0
