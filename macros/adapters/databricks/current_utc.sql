{# A session may live in another time zone; dbt's timestamps carry none. #}
{%- macro databricks__current_utc() -%}
    {{ return('to_utc_timestamp(current_timestamp(), current_timezone())') }}
{%- endmacro -%}
