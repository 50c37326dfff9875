{%- macro snowflake__json_set_size(json_expression) -%}
    {{ return('array_size(array_distinct(as_array(' ~ json_expression ~ ')))') }}
{%- endmacro -%}
