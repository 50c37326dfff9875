{%- macro create_endpoint(name, endpoint) -%}
    {{ return(adapter.dispatch('create_endpoint', 'dbt_llm')(name=name, endpoint=endpoint)) }}
{%- endmacro -%}

{%- macro default__create_endpoint(name, endpoint) -%}
    {{ return(dbt_llm._refuse_adapter('create_endpoint')) }}
{%- endmacro -%}
