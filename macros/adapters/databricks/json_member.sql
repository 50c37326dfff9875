{%- macro databricks__json_member(json_expression, name) -%}
    {%- set path = '$["' ~ (name | replace('"', '\\"')) ~ '"]' -%}
    {{ return('try_variant_get(' ~ json_expression ~ ', ' ~ dbt_llm.string_literal(path) ~ ", 'variant')") }}
{%- endmacro -%}
