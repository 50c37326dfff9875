{# The post-hook of a task: dbt_llm__quarantine holds what its table holds in quarantine now, with the completions. #}
{%- macro _record_quarantine() -%}
    {%- if dbt_llm._writes_rows() -%}
        {%- set quarantine = dbt_llm._package_relation('dbt_llm__quarantine') -%}
        {%- set task = dbt_llm.string_literal(dbt_llm._task_name()) -%}
        {# Not where there is nothing: two tasks that delete from one table at once may conflict. #}
        {%- if run_query('select count(*) from ' ~ quarantine ~ ' where task = ' ~ task).rows[0][0] | int > 0 -%}
            {%- do run_query('delete from ' ~ quarantine ~ ' where task = ' ~ task) -%}
        {%- endif -%}
insert into {{ quarantine }}
    (task, request_key, prompt_version, reason, input_rows, completion, error_message, model_name, attempt, responded_at, invocation_id)
with

quarantined as (
    select
        llm_request_key as request_key,
        llm_prompt_version as prompt_version,
        llm_reason as reason,
        count(*) as input_rows
    from {{ this }}
    where llm_status = 'quarantined'
    group by llm_request_key, llm_prompt_version, llm_reason
),

responses as (
    {{ dbt_llm._latest_responses(dbt_llm._package_relation('dbt_llm__responses')) }}
)

select
    {{ task }},
    quarantined.request_key,
    quarantined.prompt_version,
    quarantined.reason,
    quarantined.input_rows,
    responses.completion,
    responses.error_message,
    responses.model_name,
    responses.attempt,
    responses.responded_at,
    {{ dbt_llm.string_literal(invocation_id) }}
from quarantined
left join responses
    on quarantined.request_key = responses.request_key
    {%- endif -%}
{%- endmacro -%}
