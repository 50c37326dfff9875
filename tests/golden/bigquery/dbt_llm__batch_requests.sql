select
    cast(null as string) as batch_key,
    cast(null as string) as custom_id,
    cast(null as string) as request_key,
    cast(null as bigint) as attempt,
    cast(null as string) as prompt,
    cast(null as timestamp) as recorded_at
from (select 1 as one) as nothing
where 1 = 0
