{# Semi-structured types hold any items, so that a later change of them needs no new table. #}
{%- macro snowflake__column_type(schema) -%}
    {%- if schema.type == 'string' -%}
        {{ return({'date': 'date', 'date-time': 'timestamp_tz'}.get(schema.get('format'), 'varchar')) }}
    {%- endif -%}
    {{ return({'integer': 'number(38, 0)', 'number': 'float', 'boolean': 'boolean', 'array': 'array', 'object': 'object'}[schema.type]) }}
{%- endmacro -%}
