{%- macro hooks_run_in_transaction() -%}
    {{ return(adapter.dispatch('hooks_run_in_transaction', 'dbt_llm')()) }}
{%- endmacro -%}

{%- macro default__hooks_run_in_transaction() -%}
    {{ return(dbt_llm._refuse_adapter('hooks_run_in_transaction')) }}
{%- endmacro -%}
