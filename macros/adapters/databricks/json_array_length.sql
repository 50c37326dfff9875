{%- macro databricks__json_array_length(json_expression) -%}
    {{ return('array_size(try_variant_get(' ~ json_expression ~ ", '$', 'array<variant>'))") }}
{%- endmacro -%}
