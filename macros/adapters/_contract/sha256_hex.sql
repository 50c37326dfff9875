{%- macro sha256_hex(text_expression) -%}
    {{ return(adapter.dispatch('sha256_hex', 'dbt_llm')(text_expression=text_expression)) }}
{%- endmacro -%}

{%- macro default__sha256_hex(text_expression) -%}
    {{ return(dbt_llm._refuse_adapter('sha256_hex')) }}
{%- endmacro -%}
