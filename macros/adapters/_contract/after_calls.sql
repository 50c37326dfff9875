{%- macro after_calls(task) -%}
    {{ return(adapter.dispatch('after_calls', 'dbt_llm')(task=task)) }}
{%- endmacro -%}

{%- macro default__after_calls(task) -%}
    {{ return(none) }}
{%- endmacro -%}
