{%- macro duckdb__json_any_element(json_expression, element, condition) -%}
    {{ return(
        "len(list_filter(json_extract(" ~ json_expression ~ ", '$[*]'), lambda " ~ element ~ ": " ~ condition ~ ')) > 0'
    ) }}
{%- endmacro -%}
