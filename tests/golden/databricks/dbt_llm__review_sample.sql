select
    cast(null as string) as task,
    cast(null as string) as request_key,
    cast(null as string) as row_key,
    cast(null as string) as prompt_version,
    cast(null as string) as model_name,
    cast(null as string) as status,
    cast(null as string) as reason,
    cast(null as string) as drawn_for,
    cast(null as string) as input,
    cast(null as string) as output,
    cast(null as bigint) as input_rows,
    cast(null as timestamp) as responded_at,
    cast(null as string) as invocation_id,
    cast(null as timestamp) as sampled_at
from (select 1 as one) as nothing
where 1 = 0
