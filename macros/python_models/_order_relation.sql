{# The table by which prepare() tells a Python model's body what only dbt knows. #}
{%- macro _order_relation() -%}
    {{ return(dbt_llm._work_relation('order')) }}
{%- endmacro -%}
