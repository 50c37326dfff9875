{# This adapter runs only the ordinary hooks, and has no transaction round them. #}
{%- macro bigquery__hooks_run_in_transaction() -%}
    {{ return(true) }}
{%- endmacro -%}
