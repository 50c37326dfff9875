{%- macro duckdb__array_length(array_expression) -%}
    {{ return('len(' ~ array_expression ~ ')') }}
{%- endmacro -%}
