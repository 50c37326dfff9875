{%- macro with_fingerprint(relation, columns, except) -%}
    {{ return(adapter.dispatch('with_fingerprint', 'dbt_llm')(relation=relation, columns=columns, except=except)) }}
{%- endmacro -%}

{%- macro default__with_fingerprint(relation, columns, except) -%}
    {{ return(dbt_llm._refuse_adapter('with_fingerprint')) }}
{%- endmacro -%}
