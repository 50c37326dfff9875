{#- What the post-hook of a task measures, without its insert. -#}
{%- set relation = ref("enrich__every_schema_construct") -%}
{%- set responses = ref('dbt_llm', 'dbt_llm__responses') -%}
{%- if execute -%}
{{ dbt_llm._distribution_query(
    relation=relation,
    responses=responses,
    task_name="enrich__every_schema_construct",
    schema=dbt_llm._tested_task('measure').schema,
    runs={'invocation': 'second', 'invocations': ['first', 'second'], 'model_name': 'm', 'prompt_version': '0123456789ab'},
) }}
{%- endif %}
