{%- macro json_of(expression) -%}
    {{ return(adapter.dispatch('json_of', 'dbt_llm')(expression=expression)) }}
{%- endmacro -%}

{%- macro default__json_of(expression) -%}
    {{ return(dbt_llm._refuse_adapter('json_of')) }}
{%- endmacro -%}
