{# Timestamps on Databricks: instants. #}

{# An instant: what the session calls it does not change what another session compares it with. #}
{%- macro databricks__current_utc() -%}
    {{ return('current_timestamp()') }}
{%- endmacro -%}

{# A cast would show the instant in the session's zone. #}
{%- macro databricks__utc_date(timestamp_expression) -%}
    {{ return('cast(to_utc_timestamp(' ~ timestamp_expression ~ ', current_timezone()) as date)') }}
{%- endmacro -%}

{%- macro databricks__hours_since(expression) -%}
    {{ return('((unix_timestamp(current_timestamp()) - unix_timestamp(' ~ expression ~ ')) / 3600)') }}
{%- endmacro -%}

{%- macro databricks__date_of(text_expression, format) -%}
    {{ return('try_cast(' ~ text_expression ~ ' as ' ~ dbt_llm.column_type({'type': 'string', 'format': format}) ~ ')') }}
{%- endmacro -%}
