{%- macro snowflake__json_array_length(json_expression) -%}
    {{ return('array_size(' ~ json_expression ~ ')') }}
{%- endmacro -%}
