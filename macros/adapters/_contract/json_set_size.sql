{%- macro json_set_size(json_expression) -%}
    {{ return(adapter.dispatch('json_set_size', 'dbt_llm')(json_expression=json_expression)) }}
{%- endmacro -%}

{%- macro default__json_set_size(json_expression) -%}
    {{ return(dbt_llm._refuse_adapter('json_set_size')) }}
{%- endmacro -%}
