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
    {%- elif schema.type == 'vector' -%}
        {{ return('float[' ~ schema.get('dimensions', '') ~ ']') }}
    {%- endif -%}
    {{ return({'integer': 'bigint', 'number': 'double', 'boolean': 'boolean'}[schema.type]) }}
{%- endmacro -%}

{%- macro duckdb__integer_of(number_expression) -%}
    {{ return('try_cast(' ~ number_expression ~ ' as bigint)') }}
{%- endmacro -%}

{# Never raises, and keeps a text as it is: what cannot be had in the type is NULL. A cast of the whole would not know a date-time's `t`. #}
{%- macro duckdb__typed_value(json_expression, schema) -%}
    {%- set type = dbt_llm.column_type(schema) -%}
    {%- if schema.type == 'array' and dbt_llm._has_date_time(schema) -%}
        {%- set element = dbt_llm._element_name(json_expression) -%}
        {{ return(
            'case when ' ~ dbt_llm.json_is(json_expression, 'array') ~ ' then list_transform(json_extract(' ~ json_expression
            ~ ", '$[*]'), lambda " ~ element ~ ': ' ~ dbt_llm.typed_value(element, schema['items']) ~ ') end'
        ) }}
    {%- elif schema.type == 'object' and dbt_llm._has_date_time(schema) -%}
        {%- set fields = [] -%}
        {%- for name, member in schema.properties.items() -%}
            {%- do fields.append(dbt_llm.column_name(name) ~ ' := ' ~ dbt_llm.typed_value(dbt_llm.json_member(json_expression, name), member)) -%}
        {%- endfor -%}
        {{ return('case when ' ~ dbt_llm.json_is(json_expression, 'object') ~ ' then struct_pack(' ~ (fields | join(', ')) ~ ') end') }}
    {%- elif schema.type in ['array', 'object', 'vector'] -%}
        {{ return('try_cast(' ~ json_expression ~ ' as ' ~ type ~ ')') }}
    {%- elif schema.get('format') == 'date-time' -%}
        {{ return(dbt_llm.date_of(dbt_llm.json_text(json_expression), 'date-time')) }}
    {%- elif type == 'varchar' -%}
        {{ return(dbt_llm.json_text(json_expression)) }}
    {%- endif -%}
    {{ return('try_cast(' ~ dbt_llm.json_text(json_expression) ~ ' as ' ~ type ~ ')') }}
{%- endmacro -%}

{# dbt gives a text a length that nobody asked for. #}
{%- macro duckdb__type_name(type) -%}
    {{ return('varchar' if type.startswith('charactervarying') else type | replace('timestampwithtimezone', 'timestamptz')) }}
{%- endmacro -%}
