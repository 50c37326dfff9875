select
    cast(null as TEXT) as task,
    cast(null as TEXT) as request_key,
    cast(null as TEXT) as row_key,
    cast(null as TEXT) as prompt_version,
    cast(null as TEXT) as model_name,
    cast(null as TEXT) as status,
    cast(null as TEXT) as reason,
    cast(null as TEXT) as drawn_for,
    cast(null as TEXT) as input,
    cast(null as TEXT) as output,
    cast(null as bigint) as input_rows,
    cast(null as timestamp) as responded_at,
    cast(null as TEXT) as invocation_id,
    cast(null as timestamp) as sampled_at
from (select 1 as one) as nothing
where 1 = 0
