{%- macro duckdb__array_contains(array_expression, literal) -%}
    {{ return('list_contains(' ~ array_expression ~ ', ' ~ literal ~ ')') }}
{%- endmacro -%}
