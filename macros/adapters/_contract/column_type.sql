{%- macro column_type(schema) -%}
    {{ return(adapter.dispatch('column_type', 'dbt_llm')(schema=schema)) }}
{%- endmacro -%}

{%- macro default__column_type(schema) -%}
    {{ return(dbt_llm._refuse_adapter('column_type')) }}
{%- endmacro -%}
