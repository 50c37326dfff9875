{# Every statement commits by itself. #}
{%- macro databricks__leave_transaction() -%}
    {{ return(false) }}
{%- endmacro -%}
