{%- macro text_length(text_expression) -%}
    {{ return(adapter.dispatch('text_length', 'dbt_llm')(text_expression=text_expression)) }}
{%- endmacro -%}

{%- macro default__text_length(text_expression) -%}
    {{ return(dbt_llm._refuse_adapter('text_length')) }}
{%- endmacro -%}
