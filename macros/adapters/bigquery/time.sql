{# Timestamps on BigQuery: instants. #}

{%- macro bigquery__current_utc() -%}
    {{ return('current_timestamp()') }}
{%- endmacro -%}

{# timestamp() takes a date, a datetime and a timestamp; the first two are UTC. #}
{%- macro bigquery__hours_since(expression) -%}
    {{ return('((unix_seconds(current_timestamp()) - unix_seconds(timestamp(' ~ expression ~ '))) / 3600)') }}
{%- endmacro -%}

{#
    BigQuery's offsets end at 14 hours and its seconds at six digits, RFC 3339's at a day and nowhere: the time is read as UTC to
    six digits, and its offset taken off.
#}
{%- macro bigquery__date_of(text_expression, format) -%}
    {%- if format == 'date' -%}
        {{ return('safe_cast(' ~ text_expression ~ ' as date)') }}
    {%- endif -%}
    {%- set parts = {} -%}
    {%- for name, pattern in {'sign': '([+-])[0-9]{2}:[0-9]{2}$', 'hours': '[+-]([0-9]{2}):[0-9]{2}$', 'minutes': '[+-][0-9]{2}:([0-9]{2})$'}.items() -%}
        {%- do parts.update({name: 'regexp_extract(' ~ text_expression ~ ', ' ~ dbt_llm.string_literal(pattern) ~ ')'}) -%}
    {%- endfor -%}
    {%- set utc = 'safe_cast(regexp_replace(upper(' ~ text_expression ~ '), '
        ~ dbt_llm.string_literal('^(.{19}([.][0-9]{1,6})?).*$') ~ ', ' ~ dbt_llm.string_literal('\\1Z') ~ ') as timestamp)' -%}
    {{ return(
        'safe.timestamp_sub(' ~ utc ~ ', interval coalesce(60 * safe_cast(concat(' ~ parts.sign ~ ', ' ~ parts.hours
        ~ ') as int64) + safe_cast(concat(' ~ parts.sign ~ ', ' ~ parts.minutes ~ ') as int64), 0) minute)'
    ) }}
{%- endmacro -%}
