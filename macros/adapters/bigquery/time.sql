{# Timestamps on BigQuery: instants. #}

{%- macro bigquery__current_utc() -%}
    {{ return('current_timestamp()') }}
{%- endmacro -%}

{# timestamp() takes a date, a datetime and a timestamp; the first two are UTC. #}
{%- macro bigquery__hours_since(expression) -%}
    {{ return('((unix_seconds(current_timestamp()) - unix_seconds(timestamp(' ~ expression ~ '))) / 3600)') }}
{%- endmacro -%}

{%- macro bigquery__date_of(text_expression, format) -%}
    {{ return('safe_cast(' ~ text_expression ~ ' as ' ~ dbt_llm.column_type({'type': 'string', 'format': format}) ~ ')') }}
{%- endmacro -%}
