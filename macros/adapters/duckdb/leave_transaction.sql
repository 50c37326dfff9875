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
