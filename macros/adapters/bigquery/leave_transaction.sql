{# Every statement commits by itself. #}
{%- macro bigquery__leave_transaction() -%}
    {{ return(false) }}
{%- endmacro -%}
