{%- macro json_array_length(json_expression) -%}
    {{ return(adapter.dispatch('json_array_length', 'dbt_llm')(json_expression=json_expression)) }}
{%- endmacro -%}

{%- macro default__json_array_length(json_expression) -%}
    {{ return(dbt_llm._refuse_adapter('json_array_length')) }}
{%- endmacro -%}
