{%- macro duckdb__json_text(json_expression) -%}
    {{ return("json_extract_string(" ~ json_expression ~ ", '$')") }}
{%- endmacro -%}
