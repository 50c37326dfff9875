{%- macro bigquery__column_type(schema) -%}
    {%- if schema.type == 'array' -%}
        {{ return('array<' ~ dbt_llm.column_type(schema['items']) ~ '>') }}
    {%- elif schema.type == 'object' -%}
        {%- set fields = [] -%}
        {%- for name, member in schema.properties.items() -%}
            {%- do fields.append(dbt_llm.column_name(name) ~ ' ' ~ dbt_llm.column_type(member)) -%}
        {%- endfor -%}
        {{ return('struct<' ~ (fields | join(', ')) ~ '>') }}
    {%- elif schema.type == 'string' -%}
        {{ return({'date': 'date', 'date-time': 'timestamp'}.get(schema.get('format'), 'string')) }}
    {%- endif -%}
    {{ return({'integer': 'int64', 'number': 'float64', 'boolean': 'bool'}[schema.type]) }}
{%- endmacro -%}
