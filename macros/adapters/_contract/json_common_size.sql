{%- macro json_common_size(json_expression, other) -%}
    {{ return(adapter.dispatch('json_common_size', 'dbt_llm')(json_expression=json_expression, other=other)) }}
{%- endmacro -%}

{%- macro default__json_common_size(json_expression, other) -%}
    {{ return(dbt_llm._refuse_adapter('json_common_size')) }}
{%- endmacro -%}
