{#
    The pre-hook of a task: answer the requests that its own compiled SQL finds pending. It is the only place where
    a task spends, and it renders to nothing.
#}
{%- macro resolve() -%}
    {%- if dbt_llm._writes_rows() -%}
        {%- set task = dbt_llm._task('enrich') -%}
        {%- set steps = dbt_llm._compiled_steps(compiled_code) -%}
        {%- do dbt_llm._check_before_spending(task, steps) -%}
        {%- do dbt_llm._resolve_task(task, steps) -%}
    {%- endif -%}
{%- endmacro -%}
