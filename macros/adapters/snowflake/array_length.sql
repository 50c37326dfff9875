{%- macro snowflake__array_length(array_expression) -%}
    {{ return('array_size(' ~ array_expression ~ ')') }}
{%- endmacro -%}
