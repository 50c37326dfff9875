select
    cast(null as TEXT) as task,
    cast(null as TEXT) as golden,
    cast(null as TEXT) as candidate,
    cast(null as TEXT) as prompt_version,
    cast(null as TEXT) as model_name,
    cast(null as TEXT) as golden_key,
    cast(null as TEXT) as golden_source,
    cast(null as TEXT) as column_name,
    cast(null as TEXT) as expected,
    cast(null as TEXT) as answered,
    cast(null as boolean) as is_correct,
    cast(null as float) as deviation,
    cast(null as TEXT) as status,
    cast(null as TEXT) as reason,
    cast(null as TEXT) as request_key,
    cast(null as TEXT) as invocation_id,
    cast(null as timestamp) as evaluated_at
from (select 1 as one) as nothing
where 1 = 0
