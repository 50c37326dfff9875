select
    cast(null as string) as task,
    cast(null as string) as invocation_id,
    cast(null as string) as prompt_version,
    cast(null as string) as model_name,
    cast(null as string) as column_name,
    cast(null as string) as statistic,
    cast(null as string) as label,
    cast(null as double) as value,
    cast(null as double) as standard_deviation,
    cast(null as bigint) as input_rows,
    cast(null as bigint) as distinct_requests,
    cast(null as timestamp) as measured_at
from (select 1 as one) as nothing
where 1 = 0
