select
    cast(null as string) as task,
    cast(null as string) as golden,
    cast(null as string) as candidate,
    cast(null as string) as prompt_version,
    cast(null as string) as model_name,
    cast(null as string) as golden_key,
    cast(null as string) as golden_source,
    cast(null as string) as column_name,
    cast(null as string) as expected,
    cast(null as string) as answered,
    cast(null as boolean) as is_correct,
    cast(null as float64) as deviation,
    cast(null as string) as status,
    cast(null as string) as reason,
    cast(null as string) as request_key,
    cast(null as string) as invocation_id,
    cast(null as timestamp) as evaluated_at
from (select 1 as one) as nothing
where 1 = 0
