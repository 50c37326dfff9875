{%- macro snowflake__date_of(text_expression, format) -%}
    {{ return({'date': 'try_to_date(', 'date-time': 'try_to_timestamp_tz('}[format] ~ text_expression ~ ')') }}
{%- endmacro -%}
