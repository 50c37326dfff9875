{%- macro short_hash(text_expression) -%}
    {{ return(adapter.dispatch('short_hash', 'dbt_llm')(text_expression=text_expression)) }}
{%- endmacro -%}

{%- macro default__short_hash(text_expression) -%}
    {{ return(dbt_llm._refuse_adapter('short_hash')) }}
{%- endmacro -%}
