{%- macro databricks__json_any_element(json_expression, element, condition) -%}
    {{ return('exists(try_variant_get(' ~ json_expression ~ ", '$', 'array<variant>'), " ~ element ~ ' -> ' ~ condition ~ ')') }}
{%- endmacro -%}
