-- Built after the tables below, so that a task, which refs only this one, finds all of them.
-- depends_on: GOLDEN.MAIN.dbt_llm__runs
-- depends_on: GOLDEN.MAIN.dbt_llm__quarantine
-- depends_on: GOLDEN.MAIN.dbt_llm__embeddings
-- depends_on: GOLDEN.MAIN.dbt_llm__batches
-- depends_on: GOLDEN.MAIN.dbt_llm__batch_requests
-- depends_on: GOLDEN.MAIN.dbt_llm__review_sample
-- depends_on: GOLDEN.MAIN.dbt_llm__output_distribution
-- depends_on: GOLDEN.MAIN.dbt_llm__reservations
-- depends_on: GOLDEN.MAIN.dbt_llm__claims
select
    cast(null as TEXT) as request_key,
    cast(null as TEXT) as task,
    cast(null as TEXT) as model_name,
    cast(null as TEXT) as prompt_version,
    cast(null as TEXT) as status,
    cast(null as TEXT) as completion,
    cast(null as TEXT) as error_class,
    cast(null as TEXT) as error_message,
    cast(null as TEXT) as finish_reason,
    cast(null as bigint) as input_tokens,
    cast(null as bigint) as output_tokens,
    cast(null as float) as cost_usd,
    cast(null as bigint) as latency_ms,
    cast(null as bigint) as attempt,
    cast(null as TEXT) as engine,
    cast(null as TEXT) as response_model,
    cast(null as TEXT) as batch_id,
    cast(null as TEXT) as invocation_id,
    cast(null as timestamp) as requested_at,
    cast(null as timestamp) as responded_at,
    cast(null as TEXT) as prompt,
    cast(null as bigint) as cached_input_tokens,
    cast(null as float) as estimated_cost_usd,
    cast(null as bigint) as supersedes_attempt
from (select 1 as one) as nothing
where 1 = 0
