{%- macro endpoint_keys() -%}
    {{ return(adapter.dispatch('endpoint_keys', 'dbt_llm')()) }}
{%- endmacro -%}

{%- macro default__endpoint_keys() -%}
    {{ return(dbt_llm._refuse_adapter('endpoint_keys')) }}
{%- endmacro -%}
