{%- macro json_member(json_expression, name) -%}
    {{ return(adapter.dispatch('json_member', 'dbt_llm')(json_expression=json_expression, name=name)) }}
{%- endmacro -%}

{%- macro default__json_member(json_expression, name) -%}
    {{ return(dbt_llm._refuse_adapter('json_member')) }}
{%- endmacro -%}
