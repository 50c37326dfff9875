{#
    What the table looks like, given the responses that there are. Nothing here asks the database (a query while the
    body renders would open a transaction on dbt-duckdb): hence `*`, and private names that begin with _dbt_llm_.
    `task.batches`, where the task's engine is a batch one, names the tables of the jobs: what is in one is not asked for.
#}
{%- macro _task_query(relation, responses, task, incremental=none) -%}
    {%- set markers = dbt_llm._markers() -%}
    {%- set schema = task.response_schema -%}
    {%- set batches = task.get('batches') -%}
    {#
        A unit test has no table of its own unless it gives one; and is_incremental() asks the database, so only where it
        must: `compile --full-refresh` needs no connection. An operation, which has no table, says that it is not.
    #}
    {%- set incremental = incremental if incremental is not none else config.get('materialized') in ['incremental', 'unit'] and this is not none
        and not should_full_refresh() and is_incremental() -%}
    {%- set request_key = dbt_llm.request_key(
        prompt='_dbt_llm_prompt',
        model_name=task.model_name,
        model_parameters=task.model_parameters,
        response_format=task.response_format,
    ) -%}
with

llm_input as (
    select *
    from {{ relation }}
),

{{ markers.responses }}
llm_responses as (
    {{ dbt_llm._latest_responses(responses) }}
),

{% if batches -%}
{{ dbt_llm._batched_requests(batches) }},

{% endif -%}
{% if incremental -%}
{{ dbt_llm._changed_rows(task) }},

{% endif -%}
llm_prompts as (
    select
        *,
        {{ dbt_llm._prompt_expression(task.prompt) }} as _dbt_llm_prompt
    from {{ 'llm_changed' if incremental else 'llm_input' }}
),

llm_requests as (
    select
        *,
        {{ request_key }} as _dbt_llm_request_key
    from llm_prompts
),

llm_answered as (
    select
        llm_requests.*,
        llm_responses.status as _dbt_llm_response_status,
        llm_responses.completion as _dbt_llm_completion,
        llm_responses.error_class as _dbt_llm_error_class,
        llm_responses.attempt as _dbt_llm_attempt,
        {{ dbt_llm._is_pending(task) }} as _dbt_llm_is_pending
        {%- if batches %},
        llm_batched.reason as _dbt_llm_batch_reason
        {%- endif %}
    from llm_requests
    left join llm_responses
        on llm_requests._dbt_llm_request_key = llm_responses.request_key
    {%- if batches %}
    left join llm_batched
        on llm_requests._dbt_llm_request_key = llm_batched.request_key
    {%- endif %}
),

llm_parsed as (
    select
        *,
        case
            when _dbt_llm_response_status = 'succeeded' then {{ dbt_llm.parse_json('_dbt_llm_completion') }}
        end as _dbt_llm_json
    from llm_answered
),

llm_values as (
    select
        *
        {%- for name in schema.properties %},
        {{ dbt_llm.json_member('_dbt_llm_json', name) }} as {{ dbt_llm._value_column(name) }}
        {%- endfor %}
    from llm_parsed
),

llm_validated as (
    select
        *,
        {{ dbt_llm._reason(schema, is_batched=batches is not none) }} as _dbt_llm_reason
    from llm_values
)

{{ markers.result }}
select
    {{ dbt_llm.star_except(dbt_llm._private_columns(schema, incremental, is_batched=batches is not none)) }}
    {%- for name, member in schema.properties.items() %},
    case
        when _dbt_llm_reason is null then {{ dbt_llm.typed_value(dbt_llm._value_column(name), member) }}
    end as {{ dbt_llm.column_name(name) }}
    {%- endfor %},
    case
        when _dbt_llm_prompt is null then 'skipped'
        when _dbt_llm_is_pending then 'pending'
        when _dbt_llm_reason is not null then 'quarantined'
        else 'succeeded'
    end as llm_status,
    _dbt_llm_reason as llm_reason,
    _dbt_llm_request_key as llm_request_key,
    {{ dbt_llm._prompt_version(task) }} as llm_prompt_version
from llm_validated
{{ markers.end }}
{%- endmacro -%}
