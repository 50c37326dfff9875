select
    cast(null as date) as usage_date,
    cast(null as TEXT) as task,
    cast(null as TEXT) as prompt_version,
    cast(null as TEXT) as invocation_id,
    cast(null as TEXT) as model_name,
    cast(null as TEXT) as query_id,
    cast(null as bigint) as input_tokens,
    cast(null as bigint) as output_tokens,
    cast(null as float) as quantity,
    cast(null as TEXT) as unit,
    cast(null as float) as cost_usd
from (select 1 as one) as nothing
where 1 = 0
