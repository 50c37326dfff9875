{%- macro count_tokens_expression(prompt_expression, endpoint) -%}
    {{ return(adapter.dispatch('count_tokens_expression', 'dbt_llm')(prompt_expression=prompt_expression, endpoint=endpoint)) }}
{%- endmacro -%}

{%- macro default__count_tokens_expression(prompt_expression, endpoint) -%}
    {{ return(none) }}
{%- endmacro -%}
