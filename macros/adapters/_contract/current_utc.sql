{%- macro current_utc() -%}
    {{ return(adapter.dispatch('current_utc', 'dbt_llm')()) }}
{%- endmacro -%}

{%- macro default__current_utc() -%}
    {{ return(dbt_llm._refuse_adapter('current_utc')) }}
{%- endmacro -%}
