{# DuckDB's column types, nested ones too, and values in them by try_cast. #}

{%- macro duckdb__column_type(schema) -%}
    {%- if schema.type == 'array' -%}
        {{ return(dbt_llm.column_type(schema['items']) ~ '[]') }}
    {%- elif schema.type == 'object' -%}
        {%- set fields = [] -%}
        {%- for name, member in schema.properties.items() -%}
            {%- do fields.append(dbt_llm.column_name(name) ~ ' ' ~ dbt_llm.column_type(member)) -%}
        {%- endfor -%}
        {{ return('struct(' ~ (fields | join(', ')) ~ ')') }}
    {%- elif schema.type == 'string' -%}
        {%- set formats = {'date': 'date', 'date-time': 'timestamptz'} -%}
        {{ return(formats.get(schema.get('format'), 'varchar')) }}
    {%- endif -%}
    {{ return({'integer': 'bigint', 'number': 'double', 'boolean': 'boolean'}[schema.type]) }}
{%- endmacro -%}

{# Never raises, and keeps a text as it is: what cannot be had in the type is NULL. #}
{%- macro duckdb__typed_value(json_expression, schema) -%}
    {%- set type = dbt_llm.column_type(schema) -%}
    {%- if schema.type in ['array', 'object'] -%}
        {{ return('try_cast(' ~ json_expression ~ ' as ' ~ type ~ ')') }}
    {%- elif type == 'varchar' -%}
        {{ return(dbt_llm.json_text(json_expression)) }}
    {%- endif -%}
    {{ return('try_cast(' ~ dbt_llm.json_text(json_expression) ~ ' as ' ~ type ~ ')') }}
{%- endmacro -%}

{# dbt gives a text a length that nobody asked for. #}
{%- macro duckdb__type_name(type) -%}
    {{ return('varchar' if type.startswith('charactervarying') else type | replace('timestampwithtimezone', 'timestamptz')) }}
{%- endmacro -%}
