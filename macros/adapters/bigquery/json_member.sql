{%- macro bigquery__json_member(json_expression, name) -%}
    {%- set path = '$."' ~ (name | replace('"', '\\"')) ~ '"' -%}
    {{ return('json_query(' ~ json_expression ~ ', ' ~ dbt_llm.string_literal(path) ~ ')') }}
{%- endmacro -%}
