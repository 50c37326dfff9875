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

{# Spark's offsets end at 18 hours, RFC 3339's at a day: the time is read as UTC, and its offset taken off. #}
{%- macro databricks__date_of(text_expression, format) -%}
    {%- if format == 'date' -%}
        {{ return('try_cast(' ~ text_expression ~ ' as date)') }}
    {%- endif -%}
    {%- set offset = dbt_llm.string_literal('[+-][0-9]{2}:[0-9]{2}\\z') -%}
    {{ return(
        '(try_cast(regexp_replace(upper(' ~ text_expression ~ '), ' ~ offset ~ ", 'Z') as timestamp)"
        ~ ' - coalesce(try_cast(regexp_extract(' ~ text_expression ~ ', ' ~ offset ~ ", 0) as interval hour to minute), interval '0:00' hour to minute))"
    ) }}
{%- endmacro -%}
