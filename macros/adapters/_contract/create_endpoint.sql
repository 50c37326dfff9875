{%- macro create_endpoint(endpoint) -%}
    {{ return(adapter.dispatch('create_endpoint', 'dbt_llm')(endpoint=endpoint)) }}
{%- endmacro -%}

{%- macro default__create_endpoint(endpoint) -%}
    {{ return('nothing to create: ' ~ endpoint.model_name) }}
{%- endmacro -%}
