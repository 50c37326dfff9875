{%- macro column_name(name) -%}
    {{ return(adapter.dispatch('column_name', 'dbt_llm')(name=name)) }}
{%- endmacro -%}

{%- macro default__column_name(name) -%}
    {{ return(dbt_llm._refuse_adapter('column_name')) }}
{%- endmacro -%}
