{# A post-hook of a task, in SQL or Python: add to dbt_llm__review_sample what its rate draws of the answers that are new. #}
{%- macro _record_review_sample() -%}
    {%- if dbt_llm._writes_rows() -%}
        {%- set llm = dbt_llm.task_config() -%}
        {%- set rates = dbt_llm._review_rates(llm.review_rate) -%}
        {%- set sample = dbt_llm._package_relation('dbt_llm__review_sample') -%}
        {%- set drawn = dbt_llm._drawn_requests(
            relation=this, sample=sample, task=dbt_llm._task_name(), prompt=llm.prompt, rates=rates, key=dbt_llm._unique_key_columns()
        ) -%}
        {#- Most runs draw nothing new, and need not look at the responses then. -#}
        {%- if [rates.all, rates.quarantined, rates.low_confidence] | max > 0
            and run_query('select count(*) from (\n' ~ drawn ~ '\n) as new_requests').rows[0][0] | int > 0 -%}
            {%- set insertion -%}
insert into {{ sample }}
    (
        task, request_key, row_key, prompt_version, model_name, status, reason, drawn_for, input, output, input_rows, responded_at,
        invocation_id, sampled_at
    )
with

drawn_requests as (
{{ drawn }}
),

responses as (
    {{ dbt_llm._latest_responses(
        '(select * from ' ~ dbt_llm._package_relation('dbt_llm__responses')
        ~ ' where request_key in (select request_key from drawn_requests)) as drawn_responses'
    ) }}
)

select
    {{ dbt_llm.string_literal(dbt_llm._task_name()) }},
    drawn_requests.request_key,
    drawn_requests.row_key,
    drawn_requests.prompt_version,
    responses.model_name,
    drawn_requests.status,
    drawn_requests.reason,
    drawn_requests.drawn_for,
    drawn_requests.input,
    responses.completion,
    drawn_requests.input_rows,
    responses.responded_at,
    {{ dbt_llm.string_literal(invocation_id) }},
    {{ dbt_llm.current_utc() }}
from drawn_requests
left join responses
    on drawn_requests.request_key = responses.request_key
            {%- endset -%}
            {%- do run_query(insertion) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}
