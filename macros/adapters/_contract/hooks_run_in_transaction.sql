{%- macro hooks_run_in_transaction() -%}
    {{ return(adapter.dispatch('hooks_run_in_transaction', 'dbt_llm')()) }}
{%- endmacro -%}

{# Most adapters run only the ordinary hooks, and have no transaction round them. #}
{%- macro default__hooks_run_in_transaction() -%}
    {{ return(true) }}
{%- endmacro -%}
