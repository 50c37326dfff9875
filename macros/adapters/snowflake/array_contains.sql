{# The elements of an array are variants. #}
{%- macro snowflake__array_contains(array_expression, literal) -%}
    {{ return('array_contains(to_variant(' ~ literal ~ '), ' ~ array_expression ~ ')') }}
{%- endmacro -%}
