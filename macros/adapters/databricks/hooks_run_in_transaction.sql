{# This adapter runs only the ordinary hooks, and has no transaction round them. #}
{%- macro databricks__hooks_run_in_transaction() -%}
    {{ return(true) }}
{%- endmacro -%}
