{%- macro leave_transaction() -%}
    {{ return(adapter.dispatch('leave_transaction', 'dbt_llm')()) }}
{%- endmacro -%}

{%- macro default__leave_transaction() -%}
    {{ return(dbt_llm._refuse_adapter('leave_transaction')) }}
{%- endmacro -%}
