{%- macro leave_transaction() -%}
    {{ return(adapter.dispatch('leave_transaction', 'dbt_llm')()) }}
{%- endmacro -%}

{# Every statement commits by itself. #}
{%- macro default__leave_transaction() -%}
    {{ return(false) }}
{%- endmacro -%}
