{# BigQuery is a service without a version. #}
{%- macro bigquery__version_query() -%}
    {{ return(none) }}
{%- endmacro -%}
