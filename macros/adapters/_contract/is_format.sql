{%- macro is_format(text_expression, format) -%}
    {{ return(adapter.dispatch('is_format', 'dbt_llm')(text_expression=text_expression, format=format)) }}
{%- endmacro -%}

{%- macro default__is_format(text_expression, format) -%}
    {{ return(dbt_llm._refuse_adapter('is_format')) }}
{%- endmacro -%}
