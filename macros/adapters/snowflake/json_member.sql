{%- macro snowflake__json_member(json_expression, name) -%}
    {{ return('get(' ~ json_expression ~ ', ' ~ dbt_llm.string_literal(name) ~ ')') }}
{%- endmacro -%}
