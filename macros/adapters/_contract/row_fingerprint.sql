{%- macro row_fingerprint(except) -%}
    {{ return(adapter.dispatch('row_fingerprint', 'dbt_llm')(except=except)) }}
{%- endmacro -%}

{%- macro default__row_fingerprint(except) -%}
    {{ return(dbt_llm._refuse_adapter('row_fingerprint')) }}
{%- endmacro -%}
