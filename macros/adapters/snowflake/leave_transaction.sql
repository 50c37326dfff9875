{# Every statement commits by itself. #}
{%- macro snowflake__leave_transaction() -%}
    {{ return(false) }}
{%- endmacro -%}
