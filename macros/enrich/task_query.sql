{# The query of a task's table: for each row its prompt, request, response, JSON, values, and what is wrong with them. #}

{#
    What the table looks like, given the responses that there are. Nothing here asks the database (a query while the
    body renders would open a transaction on dbt-duckdb): hence `*`, and names of its own that begin with _dbt_llm_.
    `task.batches`, where the task's engine is a batch one, names the tables of the jobs: what is in one is not asked for.
#}
{%- macro _task_query(relation, responses, task, incremental=none) -%}
    {%- set markers = dbt_llm._markers() -%}
    {%- set schema = task.response_schema -%}
    {%- set batches = task.get('batches') -%}
    {%- set is_embedding = task.get('dimensions') is not none -%}
    {%- set filter = task.get('filter') -%}
    {#- A chain of tasks keeps the llm_ columns of its last one. #}
    {%- set except = dbt_llm._status_columns() if dbt_llm._task_rows_mark() in relation | string else [] -%}
    {#
        A unit test has no table of its own unless it gives one; and is_incremental() asks the database, so only where it
        must: `compile --full-refresh` needs no connection. An operation, which has no table, says that it is not.
    #}
    {%- set incremental = incremental if incremental is not none else config.get('materialized') in ['incremental', 'unit'] and this is not none
        and not should_full_refresh() and is_incremental() -%}
    {%- set keeps = incremental and task.get('keep_previous', false) -%}
    {%- set repairs = task.get('repair', 0) > 0 -%}
    {%- set request_key = dbt_llm.request_key(
        prompt='_dbt_llm_prompt',
        model_name=task.model_name,
        model_parameters=task.model_parameters,
        response_format=task.response_format,
    ) -%}
with

{% if filter -%}
{{ dbt_llm._filtered_input(relation, task, except) }}
{% else -%}
llm_input as (
    select {{ dbt_llm.star_except(except) if except else '*' }}
    from {{ relation }}
),
{% endif %}
{{ markers.responses }}
llm_responses as {{ dbt_llm.inline_cte() }}(
    {{ dbt_llm._latest_responses(responses, repairs=repairs) }}
),

{% if is_embedding -%}
{{ dbt_llm._known_embeddings() }},

{% endif -%}
{% if batches -%}
{{ dbt_llm._batched_requests(batches) }},

{% endif -%}
{% if incremental -%}
{{ dbt_llm._changed_rows(task) }},

{% endif -%}
{% if keeps -%}
{{ dbt_llm._previous_answers(task) }},

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
        {%- if filter %}
        {{ dbt_llm._is_dropped(filter) }} as _dbt_llm_is_dropped,
        {%- endif %}
        llm_responses.status as _dbt_llm_response_status,
        llm_responses.completion as _dbt_llm_completion,
        llm_responses.error_class as _dbt_llm_error_class,
        llm_responses.attempt as _dbt_llm_attempt,
        llm_responses.superseded as _dbt_llm_superseded,
        {%- if repairs %}
        llm_responses.last_attempt as _dbt_llm_last_attempt,
        llm_responses.is_repaired as _dbt_llm_is_repaired,
        {%- endif %}
        {%- if is_embedding %}
        llm_embeddings.vector as _dbt_llm_vector,
        {%- endif %}
        {{ dbt_llm._pending_condition(task) }} as _dbt_llm_is_pending
        {%- if batches %},
        llm_batched.reason as _dbt_llm_batch_reason
        {%- endif %}
    from llm_requests
    left join llm_responses
        on llm_requests._dbt_llm_request_key = llm_responses.request_key
    {%- if is_embedding %}
    left join llm_embeddings
        on llm_requests._dbt_llm_request_key = llm_embeddings.request_key
    {%- endif %}
    {%- if batches %}
    left join llm_batched
        on llm_requests._dbt_llm_request_key = llm_batched.request_key
    {%- endif %}
),

{% if not is_embedding -%}
{{ dbt_llm._values_of_answers(schema) }},

{% endif -%}
{{ 'llm_judged' if repairs else 'llm_validated' }} as (
    select
        *,
        {{ dbt_llm._reason_expression(schema, is_batched=batches is not none, is_filtered=filter is not none, is_embedding=is_embedding) }} as _dbt_llm_reason
    from {{ 'llm_answered' if is_embedding else 'llm_values' }}
)
{%- if repairs %},

{{ dbt_llm._with_repairs(task) }}
{%- endif %}
{%- if keeps %},

{{ dbt_llm._shown_rows() }}
{%- endif %}

{{ markers.result }}
select
    {{ dbt_llm.star_except(
        dbt_llm._intermediate_columns(
            schema, incremental, is_batched=batches is not none, repairs=repairs, is_filtered=filter is not none, is_embedding=is_embedding
        ) + (dbt_llm._previous_columns(task) if keeps else [])
    ) }}
    {%- for name, member in schema.properties.items() %}
    {%- set previous = '_dbt_llm_previous_' ~ loop.index if keeps else none %},
    {%- if is_embedding %}
    {{ dbt_llm.vector_where('_dbt_llm_reason is null', '_dbt_llm_vector', member, otherwise=previous) }} as {{ dbt_llm.column_name(name) }}
    {%- else %}
    case
        when _dbt_llm_reason is null then {{ dbt_llm.typed_value(dbt_llm._value_column(name), member) }}
        {%- if keeps %}
        else {{ previous }}
        {%- endif %}
    end as {{ dbt_llm.column_name(name) }}
    {%- endif %}
    {%- endfor %},
    case
        when _dbt_llm_prompt is null then 'skipped'
        {%- if filter %}
        when {{ dbt_llm._is_filtered() }} then 'skipped'
        {%- endif %}
        {%- if keeps %}
        when _dbt_llm_previous_request_key is not null then 'succeeded'
        {%- endif %}
        when _dbt_llm_is_pending then 'pending'
        when _dbt_llm_reason is not null then 'quarantined'
        else 'succeeded'
    end as llm_status,
    {%- if keeps %}
    case when _dbt_llm_previous_request_key is null then _dbt_llm_reason else {{ dbt_llm.string_literal(dbt_llm._previous_reason()) }} end as llm_reason,
    coalesce(_dbt_llm_previous_request_key, _dbt_llm_request_key) as llm_request_key,
    coalesce(_dbt_llm_previous_version, {{ dbt_llm._prompt_version(task) }}) as llm_prompt_version
from llm_shown
    {%- else %}
    _dbt_llm_reason as llm_reason,
    _dbt_llm_request_key as llm_request_key,
    {{ dbt_llm._prompt_version(task) }} as llm_prompt_version
from llm_validated
    {%- endif %}
{{ markers.end }}
{%- endmacro -%}

{#
    Whether a request has no final response, as SQL. A transient failure is not final until its attempts are used up. A response whose
    vector is not here, as it was read from elsewhere, is none.
#}
{%- macro _pending_condition(task) -%}
case
            when llm_requests._dbt_llm_prompt is null then false
            {%- if task.get('filter') %}
            when {{ dbt_llm._is_dropped(task.filter) }} then false
            {%- endif %}
            when llm_responses.request_key is null then true
            when llm_responses.status = 'succeeded' then {{ 'false' if task.get('dimensions') is none else 'llm_embeddings.request_key is null' }}
            when llm_responses.error_class = 'requeued' then true
            when llm_responses.error_class in ({{ dbt_llm._literal_list(dbt_llm._transient_error_classes()) }})
                then llm_responses.attempt - llm_responses.superseded < {{ task.max_attempts }}
            else false
        end
{%- endmacro -%}

{# Why a row is not `succeeded`, as one CASE over the rules of the whole schema; NULL when it is. #}
{%- macro _reason_expression(schema, is_batched=false, is_filtered=false, is_embedding=false) -%}
    {%- set rules = [] -%}
    {%- if schema.additionalProperties is defined and not schema.additionalProperties -%}
        {%- do rules.append({
            'broken': dbt_llm.json_has_other_keys('_dbt_llm_json', schema.properties.keys() | list),
            'reason': 'unexpected_property',
        }) -%}
    {%- endif -%}
    {%- for name, member in schema.properties.items() -%}
        {%- do rules.extend(dbt_llm._vector_rules(member) if is_embedding else dbt_llm._validation_rules(
            member, dbt_llm._value_column(name), name, required=name in schema.required
        )) -%}
    {%- endfor -%}
case
            when _dbt_llm_prompt is null then 'null_prompt'
            {%- if is_filtered %}
            when {{ dbt_llm._is_filtered() }} then 'filtered'
            {%- endif %}
            {%- if is_batched %}
            when _dbt_llm_is_pending and _dbt_llm_batch_reason is not null then _dbt_llm_batch_reason
            {%- endif %}
            when _dbt_llm_response_status is null then 'not_requested'
            when _dbt_llm_response_status != 'succeeded' then _dbt_llm_error_class
            {%- if is_embedding %}
            when _dbt_llm_is_pending then 'not_requested'
            {%- else %}
            when _dbt_llm_json is null or not {{ dbt_llm.json_is('_dbt_llm_json', 'object') }} then 'invalid_json'
            {%- endif %}
            {%- for rule in rules %}
            when {{ rule.broken }} then {{ dbt_llm.string_literal(rule.reason) }}
            {%- endfor %}
        end
{%- endmacro -%}
