{%- macro adapter_name() -%}
    {{ return(adapter.dispatch('adapter_name', 'dbt_llm')()) }}
{%- endmacro -%}

{%- macro default__adapter_name() -%}
    {{ return(dbt_llm._refuse_adapter('adapter_name')) }}
{%- endmacro -%}
