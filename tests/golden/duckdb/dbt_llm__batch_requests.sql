select
    cast(null as TEXT) as batch_key,
    cast(null as TEXT) as custom_id,
    cast(null as TEXT) as request_key,
    cast(null as bigint) as attempt,
    cast(null as TEXT) as prompt,
    cast(null as timestamp) as recorded_at
from (select 1 as one) as nothing
where 1 = 0
