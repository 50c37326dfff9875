{%- macro duckdb__json_document(json_expression) -%}
    {{ return('cast(' ~ json_expression ~ ' as varchar)') }}
{%- endmacro -%}
