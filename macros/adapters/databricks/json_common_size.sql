{%- macro databricks__json_common_size(json_expression, other) -%}
    {{ return('array_size(array_intersect(try_variant_get(' ~ json_expression ~ ", '$', 'array<string>'), try_variant_get(" ~ other ~ ", '$', 'array<string>')))") }}
{%- endmacro -%}
