{%- macro duckdb__json_array_length(json_expression) -%}
    {{ return('json_array_length(' ~ json_expression ~ ')') }}
{%- endmacro -%}
