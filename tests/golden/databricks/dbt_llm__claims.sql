select
    cast(null as string) as request_key,
    cast(null as string) as task,
    cast(null as string) as invocation_id,
    cast(null as boolean) as is_held,
    cast(null as bigint) as claim_minutes,
    cast(null as timestamp) as claimed_at
from (select 1 as one) as nothing
where 1 = 0
