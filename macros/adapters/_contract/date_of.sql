{%- macro date_of(text_expression, format) -%}
    {{ return(adapter.dispatch('date_of', 'dbt_llm')(text_expression=text_expression, format=format)) }}
{%- endmacro -%}

{%- macro default__date_of(text_expression, format) -%}
    {{ return(dbt_llm._refuse_adapter('date_of')) }}
{%- endmacro -%}
