{#
    What a run of a task would find, by the SQL that the run would have: {'rows', 'without_prompt', 'distinct', 'to_pay',
    'prompt_bytes' (of what is to pay), 'counted_each' (tokens, by the warehouse, or none)}. It reads, and calls nothing.
#}
{%- macro _plan_counts(task, relation, sample, count_tokens) -%}
    {%- set responses = dbt_llm._package_relation('dbt_llm__responses') -%}
    {%- set steps = dbt_llm._compiled_steps(dbt_llm._task_query(relation=relation, responses=responses, task=task, incremental=false)) -%}
    {%- do dbt_llm._raise_faults('plan', task.name, dbt_llm._column_faults(
        task, get_columns_in_query(steps.input ~ '\nselect *\nfrom llm_input')
    )) -%}
    {%- set requests -%}
{{ steps.requests }}
, llm_distinct as (
    select
        _dbt_llm_request_key as request_key,
        min(_dbt_llm_prompt) as prompt,
        max(case when _dbt_llm_is_pending then 1 else 0 end) as is_pending
    from llm_answered
    where _dbt_llm_prompt is not null
    group by _dbt_llm_request_key
)
    {%- endset -%}
    {%- set row = run_query(
        requests ~ '\nselect\n    (select count(*) from llm_input),\n    (select count(*) from llm_prompts where _dbt_llm_prompt is null),'
        ~ '\n    count(*),\n    coalesce(sum(is_pending), 0),\n    coalesce(sum(case when is_pending = 1 then '
        ~ dbt_llm.text_bytes('prompt') ~ ' end), 0)\nfrom llm_distinct'
    ).rows[0] -%}
    {%- set counts = {
        'rows': row[0] | int, 'without_prompt': row[1] | int, 'distinct': row[2] | int, 'to_pay': row[3] | int,
        'prompt_bytes': row[4] | int, 'counted_each': none,
    } -%}
    {%- set counted = dbt_llm.count_tokens_expression('prompt', task.endpoint) if count_tokens and counts.to_pay > 0 -%}
    {%- if counted -%}
        {%- do log('dbt_llm.plan: counting the tokens of ' ~ sample ~ ' prompts by the warehouse, which charges no tokens. Where an error '
            ~ 'follows, add count_tokens: false to --args', info=true) -%}
        {%- set mean = run_query(
            requests ~ ',\n\nllm_sample as (\n    select prompt\n    from llm_distinct\n    where is_pending = 1\n    order by request_key\n    limit '
            ~ sample ~ '\n)\n\nselect avg(' ~ counted ~ ')\nfrom llm_sample'
        ).rows[0][0] -%}
        {%- do counts.update({'counted_each': mean | float if mean is not none else none}) -%}
    {%- endif -%}
    {{ return(counts) }}
{%- endmacro -%}
