select
    cast(null as TEXT) as task,
    cast(null as TEXT) as invocation_id,
    cast(null as TEXT) as prompt_version,
    cast(null as TEXT) as model_name,
    cast(null as TEXT) as column_name,
    cast(null as TEXT) as statistic,
    cast(null as TEXT) as label,
    cast(null as float) as value,
    cast(null as float) as standard_deviation,
    cast(null as bigint) as input_rows,
    cast(null as bigint) as distinct_requests,
    cast(null as timestamp) as measured_at
from (select 1 as one) as nothing
where 1 = 0
