{%- macro snowflake__one_of(text_expression, allowed) -%}
    {{ return('cast(get(filter([' ~ text_expression ~ '], label -> cast(label as varchar) in (' ~ dbt_llm._literal_list(allowed) ~ ')), 0) as varchar)') }}
{%- endmacro -%}
