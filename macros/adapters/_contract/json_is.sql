{%- macro json_is(json_expression, json_type) -%}
    {{ return(adapter.dispatch('json_is', 'dbt_llm')(json_expression=json_expression, json_type=json_type)) }}
{%- endmacro -%}

{%- macro default__json_is(json_expression, json_type) -%}
    {{ return(dbt_llm._refuse_adapter('json_is')) }}
{%- endmacro -%}
