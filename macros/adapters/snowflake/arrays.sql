{# Snowflake's arrays, of variants. #}

{%- macro snowflake__array_length(array_expression) -%}
    {{ return('array_size(' ~ array_expression ~ ')') }}
{%- endmacro -%}

{# The elements of an array are variants. #}
{%- macro snowflake__array_contains(array_expression, literal) -%}
    {{ return('array_contains(to_variant(' ~ literal ~ '), ' ~ array_expression ~ ')') }}
{%- endmacro -%}
