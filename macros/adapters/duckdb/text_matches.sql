{%- macro duckdb__text_matches(text_expression, pattern) -%}
    {{ return('regexp_matches(' ~ text_expression ~ ', ' ~ dbt_llm.string_literal(pattern) ~ ')') }}
{%- endmacro -%}
