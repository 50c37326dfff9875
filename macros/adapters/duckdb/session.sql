{# Transactions on dbt-duckdb: a task's answers are committed outside of them. #}

{# dbt-duckdb runs a hook with `transaction: false` before `begin`; inside one, a kill would lose every answer. #}
{%- macro duckdb__hooks_run_in_transaction() -%}
    {{ return(false) }}
{%- endmacro -%}

{#
    Any query that runs while a model's body renders opens a transaction on dbt-duckdb, and the pre-hook then runs in
    it. Two statements see the same transaction id only inside one transaction.
#}
{%- macro duckdb__leave_transaction() -%}
    {%- set first = run_query('select txid_current()').rows[0][0] -%}
    {%- set second = run_query('select txid_current()').rows[0][0] -%}
    {%- if first == second -%}
        {%- do run_query('commit') -%}
        {{ return(true) }}
    {%- endif -%}
    {{ return(false) }}
{%- endmacro -%}

{# dbt still believes in the transaction that leave_transaction() ended, so it gets one back. #}
{%- macro duckdb__enter_transaction(was_inside) -%}
    {%- if was_inside -%}
        {%- do run_query('begin') -%}
    {%- endif -%}
{%- endmacro -%}
