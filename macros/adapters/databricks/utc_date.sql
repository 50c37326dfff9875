{# A cast would show the instant in the session's zone. #}
{%- macro databricks__utc_date(timestamp_expression) -%}
    {{ return('cast(to_utc_timestamp(' ~ timestamp_expression ~ ', current_timezone()) as date)') }}
{%- endmacro -%}
