{%- macro snowflake__embed_expression(text, endpoint) -%}
    {{ return('ai_embed(' ~ dbt_llm.string_literal(endpoint.model_name) ~ ', ' ~ dbt_llm.text_of(text) ~ ')') }}
{%- endmacro -%}
