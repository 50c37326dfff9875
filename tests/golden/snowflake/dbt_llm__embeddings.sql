select
    cast(null as TEXT) as request_key,
    cast(null as TEXT) as model_name,
    cast(null as bigint) as dimensions,
    cast(null as array) as vector,
    cast(null as TEXT) as invocation_id,
    cast(null as timestamp) as embedded_at
from (select 1 as one) as nothing
where 1 = 0
