with

first_runs as (
    select
        task,
        invocation_id,
        min(endpoint) as endpoint,
        min(started_at) as started_at
    from GOLDEN.MAIN.dbt_llm__runs
    group by task, invocation_id
)

select
    responses.attempt,
    responses.status,
    responses.error_class,
    responses.error_message,
    responses.completion,
    responses.finish_reason,
    responses.task,
    responses.prompt_version,
    responses.model_name,
    responses.response_model,
    responses.engine,
    responses.batch_id,
    responses.requested_at,
    responses.responded_at,
    responses.latency_ms,
    responses.input_tokens,
    responses.output_tokens,
    coalesce(responses.cost_usd, responses.estimated_cost_usd) as cost_usd,
    responses.invocation_id,
    first_runs.endpoint,
    first_runs.started_at
from GOLDEN.MAIN.dbt_llm__responses as responses
left join first_runs
    on responses.task = first_runs.task
    and responses.invocation_id = first_runs.invocation_id
where responses.request_key = '01fe'
order by responses.responded_at, responses.attempt
