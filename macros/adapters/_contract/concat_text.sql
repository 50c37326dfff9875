{%- macro concat_text(expressions) -%}
    {{ return(adapter.dispatch('concat_text', 'dbt_llm')(expressions=expressions)) }}
{%- endmacro -%}

{# `||` is NULL when a part is NULL, which is what makes a NULL column a NULL prompt. #}
{%- macro default__concat_text(expressions) -%}
    {{ return(expressions | join('\n            || ')) }}
{%- endmacro -%}
