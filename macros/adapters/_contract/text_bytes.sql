{%- macro text_bytes(text_expression) -%}
    {{ return(adapter.dispatch('text_bytes', 'dbt_llm')(text_expression=text_expression)) }}
{%- endmacro -%}

{%- macro default__text_bytes(text_expression) -%}
    {{ return('octet_length(' ~ text_expression ~ ')') }}
{%- endmacro -%}
