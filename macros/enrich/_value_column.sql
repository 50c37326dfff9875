{# The private column that holds the JSON value of a property of the response format. #}
{%- macro _value_column(name) -%}
    {{ return(dbt_llm.column_name('_dbt_llm_value_' ~ name)) }}
{%- endmacro -%}
