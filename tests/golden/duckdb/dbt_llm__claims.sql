select
    cast(null as TEXT) as request_key,
    cast(null as TEXT) as task,
    cast(null as TEXT) as invocation_id,
    cast(null as boolean) as is_held,
    cast(null as bigint) as claim_minutes,
    cast(null as timestamp) as claimed_at
from (select 1 as one) as nothing
where 1 = 0
