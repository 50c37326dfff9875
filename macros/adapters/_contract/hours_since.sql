{%- macro hours_since(expression) -%}
    {{ return(adapter.dispatch('hours_since', 'dbt_llm')(expression=expression)) }}
{%- endmacro -%}

{%- macro default__hours_since(expression) -%}
    {{ return(dbt_llm._refuse_adapter('hours_since')) }}
{%- endmacro -%}
