{%- macro duckdb__json_member(json_expression, name) -%}
    {%- set path = '$."' ~ (name | replace('"', '\\"')) ~ '"' -%}
    {{ return('json_extract(' ~ json_expression ~ ', ' ~ dbt_llm.string_literal(path) ~ ')') }}
{%- endmacro -%}
