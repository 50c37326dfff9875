select
    cast(null as TEXT) as task,
    cast(null as TEXT) as invocation_id,
    cast(null as bigint) as requests,
    cast(null as double) as cost_usd,
    cast(null as timestamp) as reserved_at
from (select 1 as one) as nothing
where 1 = 0
