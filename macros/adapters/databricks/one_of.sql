{%- macro databricks__one_of(text_expression, allowed) -%}
    {{ return('get(filter(array(' ~ text_expression ~ '), label -> label in (' ~ dbt_llm._literal_list(allowed) ~ ')), 0)') }}
{%- endmacro -%}
