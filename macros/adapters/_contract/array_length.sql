{%- macro array_length(array_expression) -%}
    {{ return(adapter.dispatch('array_length', 'dbt_llm')(array_expression=array_expression)) }}
{%- endmacro -%}

{%- macro default__array_length(array_expression) -%}
    {{ return(dbt_llm._refuse_adapter('array_length')) }}
{%- endmacro -%}
