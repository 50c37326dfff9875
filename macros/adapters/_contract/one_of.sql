{%- macro one_of(text_expression, allowed) -%}
    {{ return(adapter.dispatch('one_of', 'dbt_llm')(text_expression=text_expression, allowed=allowed)) }}
{%- endmacro -%}

{%- macro default__one_of(text_expression, allowed) -%}
    {{ return(dbt_llm._refuse_adapter('one_of')) }}
{%- endmacro -%}
