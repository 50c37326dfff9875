{# The private column that holds the JSON value of a property; quoted only where its name asks for it. #}
{%- macro _value_column(name) -%}
    {%- set column = '_dbt_llm_value_' ~ name -%}
    {{ return(column if dbt_llm._is_identifier(column) else dbt_llm.column_name(column)) }}
{%- endmacro -%}
