{# DuckDB's lists. #}

{%- macro duckdb__array_length(array_expression) -%}
    {{ return('len(' ~ array_expression ~ ')') }}
{%- endmacro -%}

{%- macro duckdb__array_contains(array_expression, literal) -%}
    {{ return('list_contains(' ~ array_expression ~ ', ' ~ literal ~ ')') }}
{%- endmacro -%}
