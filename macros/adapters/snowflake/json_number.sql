{%- macro snowflake__json_number(json_expression) -%}
    {{ return('try_to_double(' ~ dbt_llm.json_text(json_expression) ~ ')') }}
{%- endmacro -%}
