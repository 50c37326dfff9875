{# BigQuery's column types, nested ones too, and values in them. #}

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
    {%- elif schema.type == 'vector' -%}
        {{ return('array<float64>') }}
    {%- endif -%}
    {{ return({'integer': 'int64', 'number': 'float64', 'boolean': 'bool'}[schema.type]) }}
{%- endmacro -%}

{# A plain literal ends at 64 bits. #}
{%- macro bigquery__integer_literal(value) -%}
    {{ return((value | string) if -9223372036854775808 <= value and value <= 9223372036854775807 else "bignumeric '" ~ value ~ "'") }}
{%- endmacro -%}

{%- macro bigquery__integer_of(number_expression) -%}
    {{ return('safe_cast(' ~ number_expression ~ ' as int64)') }}
{%- endmacro -%}

{# Never raises: what cannot be had in the type is NULL. A NULL cannot stand in an array of a BigQuery table, so it is left out. #}
{%- macro bigquery__typed_value(json_expression, schema) -%}
    {%- set text = dbt_llm.json_text(json_expression) -%}
    {%- if schema.type == 'vector' -%}
        {{ return(json_expression) }}
    {%- elif schema.type == 'array' -%}
        {%- set element = dbt_llm._element_name(json_expression) -%}
        {%- set item = dbt_llm.typed_value(element, schema['items']) -%}
        {{ return(
            'array(select ' ~ item ~ ' from unnest(json_query_array(' ~ json_expression ~ ')) as ' ~ element ~ ' with offset as '
            ~ element ~ '_at where ' ~ item ~ ' is not null order by ' ~ element ~ '_at)'
        ) }}
    {%- elif schema.type == 'object' -%}
        {%- set fields = [] -%}
        {%- for name, member in schema.properties.items() -%}
            {%- do fields.append(dbt_llm.typed_value(dbt_llm.json_member(json_expression, name), member) ~ ' as ' ~ dbt_llm.column_name(name)) -%}
        {%- endfor -%}
        {{ return('if(' ~ dbt_llm.json_is(json_expression, 'object') ~ ', struct(' ~ (fields | join(', ')) ~ '), null)') }}
    {%- elif schema.type == 'integer' -%}
        {{ return('coalesce(safe_cast(' ~ text ~ ' as int64), safe_cast(safe_cast(' ~ text ~ ' as float64) as int64))') }}
    {%- endif -%}
    {%- if schema.get('format') == 'date-time' -%}
        {{ return(dbt_llm.date_of(text, 'date-time')) }}
    {%- endif -%}
    {%- set type = dbt_llm.column_type(schema) -%}
    {{ return(text if type == 'string' else 'safe_cast(' ~ text ~ ' as ' ~ type ~ ')') }}
{%- endmacro -%}

{# Its API has kept the names of legacy SQL. #}
{%- macro bigquery__type_name(type) -%}
    {{ return(type | replace('integer', 'int64') | replace('boolean', 'bool') | replace('float64', 'float') | replace('float', 'float64')) }}
{%- endmacro -%}
