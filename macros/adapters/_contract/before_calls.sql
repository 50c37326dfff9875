{%- macro before_calls(task) -%}
    {{ return(adapter.dispatch('before_calls', 'dbt_llm')(task=task)) }}
{%- endmacro -%}

{%- macro default__before_calls(task) -%}
    {{ return(none) }}
{%- endmacro -%}
