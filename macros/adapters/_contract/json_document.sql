{%- macro json_document(json_expression) -%}
    {{ return(adapter.dispatch('json_document', 'dbt_llm')(json_expression=json_expression)) }}
{%- endmacro -%}

{%- macro default__json_document(json_expression) -%}
    {{ return(dbt_llm._refuse_adapter('json_document')) }}
{%- endmacro -%}
