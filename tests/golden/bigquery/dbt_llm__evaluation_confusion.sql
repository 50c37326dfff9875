select
    cast(null as string) as task,
    cast(null as string) as golden,
    cast(null as string) as candidate,
    cast(null as string) as prompt_version,
    cast(null as string) as model_name,
    cast(null as string) as column_name,
    cast(null as string) as expected_label,
    cast(null as string) as answered_label,
    cast(null as bigint) as n,
    cast(null as string) as invocation_id,
    cast(null as timestamp) as evaluated_at
from (select 1 as one) as nothing
where 1 = 0
