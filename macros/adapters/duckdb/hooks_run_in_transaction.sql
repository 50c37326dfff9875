{# dbt-duckdb runs a hook with `transaction: false` before `begin`; inside one, a kill would lose every answer. #}
{%- macro duckdb__hooks_run_in_transaction() -%}
    {{ return(false) }}
{%- endmacro -%}
