{#
    Write the distinct pending requests to the work table, in the order of their keys: the same order in every run, so
    that a limit cuts the same ones. What is in an open batch job is asked already. Returns the counts of the input.
#}
{%- macro _write_pending_requests(task, steps, work) -%}
    {%- do run_query('drop table if exists ' ~ work) -%}
    {%- set pending -%}
{{ steps.requests }}
, llm_pending as (
    select
        _dbt_llm_request_key as request_key,
        min(_dbt_llm_prompt) as prompt,
        max(case when _dbt_llm_error_class = 'requeued' then 0 else coalesce(_dbt_llm_attempt, 0) end) as attempt
    from llm_answered
    where _dbt_llm_is_pending{{ ' and _dbt_llm_batch_reason is null' if task.get('batches') }}
    group by _dbt_llm_request_key
),

{{ dbt_llm._numbered_requests('llm_pending') }}
    {%- endset -%}
    {%- do run_query(dbt_llm.create_work_table(work=work, query=pending)) -%}
    {%- set counting -%}
{{ steps.input }},

llm_all_prompts as (
    select {{ dbt_llm._prompt_expression(task.prompt) }} as prompt
    from llm_input
)

select
    count(*) as input_rows,
    count(distinct case when prompt is not null then {{ dbt_llm.short_hash('prompt') }} end) as distinct_requests,
    (select count(*) from {{ work }}) as pending_requests,
    {{ dbt_llm._prompt_version(task) }} as prompt_version,
    count(prompt) as prompt_rows
from llm_all_prompts
    {%- endset -%}
    {%- set counts = run_query(counting).rows[0] -%}
    {{ return({
        'input_rows': counts[0] | int,
        'distinct_requests': counts[1] | int,
        'pending_requests': counts[2] | int,
        'prompt_version': counts[3],
        'prompt_rows': counts[4] | int,
    }) }}
{%- endmacro -%}
