{%- macro json_any_element(json_expression, element, condition) -%}
    {{ return(adapter.dispatch('json_any_element', 'dbt_llm')(json_expression=json_expression, element=element, condition=condition)) }}
{%- endmacro -%}

{%- macro default__json_any_element(json_expression, element, condition) -%}
    {{ return(dbt_llm._refuse_adapter('json_any_element')) }}
{%- endmacro -%}
