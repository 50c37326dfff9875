{%- macro json_number(json_expression) -%}
    {{ return(adapter.dispatch('json_number', 'dbt_llm')(json_expression=json_expression)) }}
{%- endmacro -%}

{%- macro default__json_number(json_expression) -%}
    {{ return(dbt_llm._refuse_adapter('json_number')) }}
{%- endmacro -%}
