{%- macro duckdb__json_number(json_expression) -%}
    {{ return('try_cast(' ~ dbt_llm.json_text(json_expression) ~ ' as double)') }}
{%- endmacro -%}
