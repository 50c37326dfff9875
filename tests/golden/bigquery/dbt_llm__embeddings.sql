select
    cast(null as string) as request_key,
    cast(null as string) as model_name,
    cast(null as bigint) as dimensions,
    cast(null as array<float64>) as vector,
    cast(null as string) as invocation_id,
    cast(null as timestamp) as embedded_at
from (select 1 as one) as nothing
where 1 = 0
