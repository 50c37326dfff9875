select
    cast(null as string) as probe,
    cast(null as string) as question,
    cast(null as string) as function_name,
    cast(null as bigint) as requests,
    cast(null as string) as adapter,
    cast(null as string) as endpoint,
    cast(null as string) as model_name,
    cast(null as string) as statement,
    cast(null as string) as result,
    cast(null as string) as error,
    cast(null as string) as dbt_version,
    cast(null as string) as database_version,
    cast(null as string) as invocation_id,
    cast(null as timestamp) as ran_at
from (select 1 as one) as nothing
where 1 = 0
