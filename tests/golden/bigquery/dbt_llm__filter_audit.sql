select
    cast(null as string) as task,
    cast(null as string) as filter_version,
    cast(null as string) as request_key,
    cast(null as float64) as score,
    cast(null as boolean) as is_passed,
    cast(null as boolean) as is_wanted,
    cast(null as string) as invocation_id,
    cast(null as timestamp) as audited_at
from (select 1 as one) as nothing
where 1 = 0
