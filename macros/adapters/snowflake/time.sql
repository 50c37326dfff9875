{# Timestamps on Snowflake, in UTC whatever the session's zone. #}

{%- macro snowflake__current_utc() -%}
    {{ return('sysdate()') }}
{%- endmacro -%}

{# A timestamp without a zone is UTC, as those of dbt_llm are. #}
{%- macro snowflake__hours_since(expression) -%}
    {{ return('((date_part(epoch_second, sysdate()) - date_part(epoch_second, ' ~ expression ~ ')) / 3600)') }}
{%- endmacro -%}

{%- macro snowflake__date_of(text_expression, format) -%}
    {{ return({'date': 'try_to_date(', 'date-time': 'try_to_timestamp_tz('}[format] ~ text_expression ~ ')') }}
{%- endmacro -%}
