{# What a task's model says: enrich() renders the query of its table and adds the hooks that pay and record. #}

{# Turn each row of `relation` into typed columns by the task in this model's config.meta.llm. #}
{%- macro enrich(relation) -%}
    {%- set responses = dbt_llm._responses_of_model() -%}
    {{ dbt_llm._add_hooks() }}
    {%- if not execute -%}
        {{ return('select * from ' ~ relation) }}
    {%- endif -%}
    {{ return(dbt_llm._task_query(relation=relation, responses=responses, task=dbt_llm._task('enrich'))) }}
{%- endmacro -%}

{# resolve() pays, before the table's own statement; what the table then holds is recorded and told. #}
{%- macro _add_hooks() -%}
    {{ config(pre_hook='{{ dbt_llm.resolve() }}', post_hook='{{ dbt_llm._record_rows() }}') }}
{%- endmacro -%}

{# The task as the model's YAML states it. A dbt unit test, which cannot see its model's config, overrides this. #}
{%- macro task_config() -%}
    {%- set llm = (config.get('meta') or {}).get('llm') -%}
    {{ return(dbt_llm._as_dbt_1_reads(llm, dbt_llm._written_llm(model)) if dbt_llm._is_dbt_2() else llm) }}
{%- endmacro -%}
