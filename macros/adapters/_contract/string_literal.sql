{%- macro string_literal(text) -%}
    {{ return(adapter.dispatch('string_literal', 'dbt_llm')(text=text)) }}
{%- endmacro -%}

{%- macro default__string_literal(text) -%}
    {{ return(dbt_llm._refuse_adapter('string_literal')) }}
{%- endmacro -%}
