{%- macro refusal_remedy(endpoint) -%}
    {{ return(adapter.dispatch('refusal_remedy', 'dbt_llm')(endpoint=endpoint)) }}
{%- endmacro -%}

{%- macro default__refusal_remedy(endpoint) -%}
    {{ return('see the page of this adapter in docs/adapters.') }}
{%- endmacro -%}
