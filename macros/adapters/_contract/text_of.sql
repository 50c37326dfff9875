{%- macro text_of(expression) -%}
    {{ return(adapter.dispatch('text_of', 'dbt_llm')(expression=expression)) }}
{%- endmacro -%}

{%- macro default__text_of(expression) -%}
    {{ return(dbt_llm._refuse_adapter('text_of')) }}
{%- endmacro -%}
