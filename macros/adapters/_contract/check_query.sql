{%- macro check_query(sql) -%}
    {{ return(adapter.dispatch('check_query', 'dbt_llm')(sql=sql)) }}
{%- endmacro -%}

{%- macro default__check_query(sql) -%}
    {{ return(dbt_llm._refuse_adapter('check_query')) }}
{%- endmacro -%}
