{#
    Every attempt of one request, oldest first, with the run that made it; docs/privacy.md shows the same query. The prompt is
    left out, also where it is stored: an operation writes to the log.
#}
{%- macro _audit_query(request_key, responses, runs) -%}
with

first_runs as (
    select
        task,
        invocation_id,
        min(endpoint) as endpoint,
        min(started_at) as started_at
    from {{ runs }}
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
from {{ responses }} as responses
left join first_runs
    on responses.task = first_runs.task
    and responses.invocation_id = first_runs.invocation_id
where responses.request_key = {{ dbt_llm.string_literal(request_key) }}
order by responses.responded_at, responses.attempt
{%- endmacro -%}
