{%- macro databricks__json_text(json_expression) -%}
    {{ return('try_variant_get(' ~ json_expression ~ ", '$', 'string')") }}
{%- endmacro -%}
