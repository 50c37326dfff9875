{%- macro json_text(json_expression) -%}
    {{ return(adapter.dispatch('json_text', 'dbt_llm')(json_expression=json_expression)) }}
{%- endmacro -%}

{%- macro default__json_text(json_expression) -%}
    {{ return(dbt_llm._refuse_adapter('json_text')) }}
{%- endmacro -%}
