select
    cast(null as string) as task,
    cast(null as string) as request_key,
    cast(null as string) as prompt_version,
    cast(null as string) as reason,
    cast(null as bigint) as input_rows,
    cast(null as string) as completion,
    cast(null as string) as error_message,
    cast(null as string) as model_name,
    cast(null as bigint) as attempt,
    cast(null as timestamp) as responded_at,
    cast(null as string) as invocation_id
from (select 1 as one) as nothing
where 1 = 0
