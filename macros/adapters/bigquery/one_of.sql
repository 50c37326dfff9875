{%- macro bigquery__one_of(text_expression, allowed) -%}
    {{ return('(select label from unnest([' ~ text_expression ~ ']) as label where label in (' ~ dbt_llm._literal_list(allowed) ~ '))') }}
{%- endmacro -%}
