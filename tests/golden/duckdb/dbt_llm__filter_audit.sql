select
    cast(null as TEXT) as task,
    cast(null as TEXT) as filter_version,
    cast(null as TEXT) as request_key,
    cast(null as double) as score,
    cast(null as boolean) as is_passed,
    cast(null as boolean) as is_wanted,
    cast(null as TEXT) as invocation_id,
    cast(null as timestamp) as audited_at
from (select 1 as one) as nothing
where 1 = 0
