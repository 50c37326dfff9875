{%- macro enter_transaction(was_inside) -%}
    {{ return(adapter.dispatch('enter_transaction', 'dbt_llm')(was_inside=was_inside)) }}
{%- endmacro -%}

{%- macro default__enter_transaction(was_inside) -%}
    {{ return(none) }}
{%- endmacro -%}
