{# Snowflake's column types, and values in them by its try_ functions. #}

{# Semi-structured types hold any items, so that a later change of them needs no new table. #}
{%- macro snowflake__column_type(schema) -%}
    {%- if schema.type == 'string' -%}
        {{ return({'date': 'date', 'date-time': 'timestamp_tz'}.get(schema.get('format'), 'varchar')) }}
    {%- elif schema.type == 'vector' -%}
        {# A VECTOR has one length, and the package's table holds those of all tasks. #}
        {{ return('vector (float, ' ~ schema.dimensions ~ ')' if schema.dimensions is defined else 'array') }}
    {%- endif -%}
    {{ return({'integer': 'number(38, 0)', 'number': 'float', 'boolean': 'boolean', 'array': 'array', 'object': 'object'}[schema.type]) }}
{%- endmacro -%}

{# A cast raises where there is no room; 64 bits, as in the other warehouses. #}
{%- macro snowflake__integer_of(number_expression) -%}
    {{ return('cast(iff(abs(' ~ number_expression ~ ') < 9223372036854775807, ' ~ number_expression ~ ', null) as number(38, 0))') }}
{%- endmacro -%}

{# Never raises: what cannot be had in the type is NULL. #}
{%- macro snowflake__typed_value(json_expression, schema) -%}
    {%- set text = dbt_llm.json_text(json_expression) -%}
    {%- set type = dbt_llm.column_type(schema) -%}
    {%- if schema.type == 'vector' -%}
        {{ return('cast(' ~ json_expression ~ ' as ' ~ type ~ ')') }}
    {%- endif -%}
    {{ return({
        'array': 'as_array(' ~ json_expression ~ ')',
        'object': 'as_object(' ~ json_expression ~ ')',
        'varchar': text,
        'date': 'try_to_date(' ~ text ~ ')',
        'timestamp_tz': dbt_llm.date_of(text, 'date-time'),
        'number(38, 0)': 'try_to_number(' ~ text ~ ', 38, 0)',
        'float': 'try_to_double(' ~ text ~ ')',
        'boolean': 'try_to_boolean(' ~ text ~ ')',
    }[type]) }}
{%- endmacro -%}

{# Lengths and precisions are given where nobody asked for them, but a vector's is its own; a semi-structured type holds what another does. #}
{%- macro snowflake__type_name(type) -%}
    {%- set name = type if type.startswith('vector') else type.split('(')[0] -%}
    {{ return({
        'text': 'varchar', 'string': 'varchar', 'charactervarying': 'varchar', 'double': 'float', 'real': 'float',
        'array': 'variant', 'object': 'variant',
    }.get(name, name)) }}
{%- endmacro -%}
