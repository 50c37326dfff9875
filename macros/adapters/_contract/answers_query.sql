{%- macro answers_query(stage, task) -%}
    {{ return(adapter.dispatch('answers_query', 'dbt_llm')(stage=stage, task=task)) }}
{%- endmacro -%}

{%- macro default__answers_query(stage, task) -%}
    {{ return(dbt_llm._refuse_adapter('answers_query')) }}
{%- endmacro -%}
