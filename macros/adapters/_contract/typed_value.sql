{%- macro typed_value(json_expression, schema) -%}
    {{ return(adapter.dispatch('typed_value', 'dbt_llm')(json_expression=json_expression, schema=schema)) }}
{%- endmacro -%}

{%- macro default__typed_value(json_expression, schema) -%}
    {{ return(dbt_llm._refuse_adapter('typed_value')) }}
{%- endmacro -%}
