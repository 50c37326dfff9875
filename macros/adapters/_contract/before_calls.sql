{%- macro before_calls(task) -%}
    {{ return(adapter.dispatch('before_calls', 'dbt_llm')(task=task)) }}
{%- endmacro -%}

{%- macro default__before_calls(task) -%}
    {{ return(dbt_llm._refuse_adapter('before_calls')) }}
{%- endmacro -%}
