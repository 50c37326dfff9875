{# Transactions on dbt-duckdb: a task's answers are committed outside of them. #}

{#
    dbt-duckdb runs a model's hooks in a transaction, in which a kill would lose every answer. Two statements see the same
    transaction id only inside one.
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

{# What dbt does not know of is asked of the database: dbt 2 may forget a table that was made while another one was. #}
{%- macro duckdb__relation_exists(relation) -%}
    {%- if load_relation(relation) is not none -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set found = run_query(
        'select count(*) from information_schema.tables where lower(table_catalog) = lower(' ~ dbt_llm.string_literal(relation.database)
        ~ ') and lower(table_schema) = lower(' ~ dbt_llm.string_literal(relation.schema)
        ~ ') and lower(table_name) = lower(' ~ dbt_llm.string_literal(relation.identifier) ~ ')'
    ).rows[0][0] | int -%}
    {{ return(found > 0) }}
{%- endmacro -%}
