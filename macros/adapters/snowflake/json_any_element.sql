{%- macro snowflake__json_any_element(json_expression, element, condition) -%}
    {{ return('array_size(filter(as_array(' ~ json_expression ~ '), ' ~ element ~ ' -> ' ~ condition ~ ')) > 0') }}
{%- endmacro -%}
