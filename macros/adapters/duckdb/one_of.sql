{%- macro duckdb__one_of(text_expression, allowed) -%}
    {{ return('list_filter([' ~ text_expression ~ '], lambda label: label in (' ~ dbt_llm._literal_list(allowed) ~ '))[1]') }}
{%- endmacro -%}
