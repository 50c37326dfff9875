{%- macro snowflake__json_common_size(json_expression, other) -%}
    {{ return('array_size(array_intersection(array_distinct(as_array(' ~ json_expression ~ ')), array_distinct(as_array(' ~ other ~ '))))') }}
{%- endmacro -%}
