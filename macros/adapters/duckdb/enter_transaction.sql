{# dbt still believes in the transaction that leave_transaction() ended, so it gets one back. #}
{%- macro duckdb__enter_transaction(was_inside) -%}
    {%- if was_inside -%}
        {%- do run_query('begin') -%}
    {%- endif -%}
{%- endmacro -%}
