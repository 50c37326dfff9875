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
    {%- endif -%}
    {{ return({'integer': 'int64', 'number': 'float64', 'boolean': 'bool'}[schema.type]) }}
{%- endmacro -%}

{# Never raises: what cannot be had in the type is NULL. A NULL cannot stand in an array of a BigQuery table, so it is left out. #}
{%- macro bigquery__typed_value(json_expression, schema) -%}
    {%- set text = dbt_llm.json_text(json_expression) -%}
    {%- if schema.type == 'array' -%}
        {%- set element = 'element' if 'element' not in json_expression else 'element_' ~ (json_expression | length) -%}
        {%- set item = dbt_llm.typed_value(element, schema['items']) -%}
        {{ return(
            'array(select ' ~ item ~ ' from unnest(json_query_array(' ~ json_expression ~ ')) as ' ~ element ~ ' where ' ~ item ~ ' is not null)'
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
    {%- set type = dbt_llm.column_type(schema) -%}
    {{ return(text if type == 'string' else 'safe_cast(' ~ text ~ ' as ' ~ type ~ ')') }}
{%- endmacro -%}

{# Its API has kept the names of legacy SQL. #}
{%- macro bigquery__type_name(type) -%}
    {{ return(type | replace('integer', 'int64') | replace('boolean', 'bool') | replace('float64', 'float') | replace('float', 'float64')) }}
{%- endmacro -%}
