{# Free of charge, and in preview: https://docs.cloud.google.com/bigquery/docs (AI.COUNT_TOKENS, 2026-09). #}
{%- macro bigquery__count_tokens_expression(prompt_expression, endpoint) -%}
    {{ return(
        'ai.count_tokens(' ~ prompt_expression ~ ', endpoint => ' ~ dbt_llm.string_literal(endpoint.model_name) ~ ').result'
    ) }}
{%- endmacro -%}
