select
    cast(null as TEXT) as task,
    cast(null as TEXT) as request_key,
    cast(null as TEXT) as prompt_version,
    cast(null as TEXT) as reason,
    cast(null as bigint) as input_rows,
    cast(null as TEXT) as completion,
    cast(null as TEXT) as error_message,
    cast(null as TEXT) as model_name,
    cast(null as bigint) as attempt,
    cast(null as timestamp) as responded_at,
    cast(null as TEXT) as invocation_id
from (select 1 as one) as nothing
where 1 = 0
