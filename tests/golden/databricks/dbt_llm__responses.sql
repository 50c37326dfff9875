-- Built after the tables below, so that a task, which refs only this one, finds all of them.
-- depends_on: `golden`.`main`.`dbt_llm__runs`
-- depends_on: `golden`.`main`.`dbt_llm__quarantine`
-- depends_on: `golden`.`main`.`dbt_llm__embeddings`
-- depends_on: `golden`.`main`.`dbt_llm__batches`
-- depends_on: `golden`.`main`.`dbt_llm__batch_requests`
-- depends_on: `golden`.`main`.`dbt_llm__review_sample`
-- depends_on: `golden`.`main`.`dbt_llm__output_distribution`
-- depends_on: `golden`.`main`.`dbt_llm__reservations`
-- depends_on: `golden`.`main`.`dbt_llm__claims`
select
    cast(null as string) as request_key,
    cast(null as string) as task,
    cast(null as string) as model_name,
    cast(null as string) as prompt_version,
    cast(null as string) as status,
    cast(null as string) as completion,
    cast(null as string) as error_class,
    cast(null as string) as error_message,
    cast(null as string) as finish_reason,
    cast(null as bigint) as input_tokens,
    cast(null as bigint) as output_tokens,
    cast(null as double) as cost_usd,
    cast(null as bigint) as latency_ms,
    cast(null as bigint) as attempt,
    cast(null as string) as engine,
    cast(null as string) as response_model,
    cast(null as string) as batch_id,
    cast(null as string) as invocation_id,
    cast(null as timestamp) as requested_at,
    cast(null as timestamp) as responded_at,
    cast(null as string) as prompt,
    cast(null as bigint) as cached_input_tokens,
    cast(null as double) as estimated_cost_usd,
    cast(null as bigint) as supersedes_attempt
from (select 1 as one) as nothing
where 1 = 0
