{#- What the hook of enrich__repair finds pending, with the prompts of the repairs. -#}
{%- set responses = ref('dbt_llm', 'dbt_llm__responses') -%}
{%- if execute -%}
{%- set task = dbt_llm._task('enrich') -%}
{{ dbt_llm._pending_query(task, dbt_llm._compiled_steps(
    dbt_llm._task_query(relation=source('raw', 'messages'), responses=responses, task=task, incremental=false)
)) }}
{%- endif %}
