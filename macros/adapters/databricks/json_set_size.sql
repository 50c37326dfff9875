{%- macro databricks__json_set_size(json_expression) -%}
    {{ return('array_size(array_distinct(try_variant_get(' ~ json_expression ~ ", '$', 'array<string>')))") }}
{%- endmacro -%}
