select
    cast(null as TEXT) as task,
    cast(null as TEXT) as golden,
    cast(null as TEXT) as candidate,
    cast(null as TEXT) as prompt_version,
    cast(null as TEXT) as model_name,
    cast(null as TEXT) as column_name,
    cast(null as TEXT) as expected_label,
    cast(null as TEXT) as answered_label,
    cast(null as bigint) as n,
    cast(null as TEXT) as invocation_id,
    cast(null as timestamp) as evaluated_at
from (select 1 as one) as nothing
where 1 = 0
