{%- macro duckdb__json_common_size(json_expression, other) -%}
    {{ return("len(list_intersect(json_extract_string(" ~ json_expression ~ ", '$[*]'), json_extract_string(" ~ other ~ ", '$[*]')))") }}
{%- endmacro -%}
