{# Turn each row of `relation` into typed columns by the task in this model's config.meta.llm. #}
{%- macro enrich(relation) -%}
    {%- set responses = ref('dbt_llm', 'dbt_llm__responses') -%}
    {{ dbt_llm._add_hooks() }}
    {%- if not execute -%}
        {{ return('select * from ' ~ relation) }}
    {%- endif -%}
    {{ return(dbt_llm._task_query(relation=relation, responses=responses, task=dbt_llm._task('enrich'))) }}
{%- endmacro -%}
