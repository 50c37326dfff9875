{%- macro complete_relation(work, responses, task) -%}
    {{ return(adapter.dispatch('complete_relation', 'dbt_llm')(work=work, responses=responses, task=task)) }}
{%- endmacro -%}

{%- macro default__complete_relation(work, responses, task) -%}
    {{ return(dbt_llm._complete_in_chunks(work=work, responses=responses, task=task)) }}
{%- endmacro -%}
