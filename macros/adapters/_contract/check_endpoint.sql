{%- macro check_endpoint(task) -%}
    {{ return(adapter.dispatch('check_endpoint', 'dbt_llm')(task=task)) }}
{%- endmacro -%}

{%- macro default__check_endpoint(task) -%}
    {{ return([]) }}
{%- endmacro -%}
