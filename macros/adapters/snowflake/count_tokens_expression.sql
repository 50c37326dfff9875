{#
    Billed as compute, not by tokens. It knows Snowflake's own and the open models, but not Claude, Gemini and GPT.
    https://docs.snowflake.com/en/sql-reference/functions/ai_count_tokens (2026-09)
#}
{%- macro snowflake__count_tokens_expression(prompt_expression, endpoint) -%}
    {%- for family in ['claude', 'gemini', 'openai'] if endpoint.model_name[:(family | length)] == family -%}
        {{ return(none) }}
    {%- endfor -%}
    {{ return(
        "ai_count_tokens('ai_complete', " ~ dbt_llm.string_literal(endpoint.model_name) ~ ', ' ~ prompt_expression ~ ')'
    ) }}
{%- endmacro -%}
