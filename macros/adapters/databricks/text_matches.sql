{%- macro databricks__text_matches(text_expression, pattern) -%}
    {{ return('regexp_like(' ~ text_expression ~ ', ' ~ dbt_llm.string_literal(pattern) ~ ')') }}
{%- endmacro -%}
