{%- macro concat_text(expressions) -%}
    {{ return(adapter.dispatch('concat_text', 'dbt_llm')(expressions=expressions)) }}
{%- endmacro -%}

{%- macro default__concat_text(expressions) -%}
    {{ return(dbt_llm._refuse_adapter('concat_text')) }}
{%- endmacro -%}
