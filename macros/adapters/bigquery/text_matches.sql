{%- macro bigquery__text_matches(text_expression, pattern) -%}
    {{ return('regexp_contains(' ~ text_expression ~ ', ' ~ dbt_llm.string_literal(pattern) ~ ')') }}
{%- endmacro -%}
