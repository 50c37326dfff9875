{%- macro databricks__json_number(json_expression) -%}
    {{ return('try_variant_get(' ~ json_expression ~ ", '$', 'double')") }}
{%- endmacro -%}
