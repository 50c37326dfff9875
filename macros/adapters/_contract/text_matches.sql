{%- macro text_matches(text_expression, pattern) -%}
    {{ return(adapter.dispatch('text_matches', 'dbt_llm')(text_expression=text_expression, pattern=pattern)) }}
{%- endmacro -%}

{%- macro default__text_matches(text_expression, pattern) -%}
    {{ return(dbt_llm._refuse_adapter('text_matches')) }}
{%- endmacro -%}
