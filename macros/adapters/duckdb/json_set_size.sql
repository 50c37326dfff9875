{%- macro duckdb__json_set_size(json_expression) -%}
    {{ return('len(list_distinct(json_extract_string(' ~ json_expression ~ ", '$[*]')))") }}
{%- endmacro -%}
