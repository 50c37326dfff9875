{# Databricks' column types, nested ones too, and values in them. #}

{%- macro databricks__column_type(schema) -%}
    {%- if schema.type == 'array' -%}
        {{ return('array<' ~ dbt_llm.column_type(schema['items']) ~ '>') }}
    {%- elif schema.type == 'object' -%}
        {%- set fields = [] -%}
        {%- for name, member in schema.properties.items() -%}
            {%- do fields.append(dbt_llm.column_name(name) ~ ': ' ~ dbt_llm.column_type(member)) -%}
        {%- endfor -%}
        {{ return('struct<' ~ (fields | join(', ')) ~ '>') }}
    {%- elif schema.type == 'string' -%}
        {{ return({'date': 'date', 'date-time': 'timestamp'}.get(schema.get('format'), 'string')) }}
    {%- elif schema.type == 'vector' -%}
        {{ return('array<float>') }}
    {%- endif -%}
    {{ return({'integer': 'bigint', 'number': 'double', 'boolean': 'boolean'}[schema.type]) }}
{%- endmacro -%}

{%- macro databricks__integer_of(number_expression) -%}
    {{ return('try_cast(' ~ number_expression ~ ' as bigint)') }}
{%- endmacro -%}

{# Never raises: what cannot be had in the type is NULL. A variant holds no date, so dates come from the text. #}
{%- macro databricks__typed_value(json_expression, schema) -%}
    {%- set type = dbt_llm.column_type(schema) -%}
    {%- if schema.type == 'vector' -%}
        {{ return(json_expression) }}
    {%- elif type in ['date', 'timestamp'] -%}
        {{ return(dbt_llm.date_of(dbt_llm.json_text(json_expression), schema.format)) }}
    {%- elif schema.type == 'array' and dbt_llm._has_date_time(schema) -%}
        {%- set element = dbt_llm._element_name(json_expression) -%}
        {{ return(
            'transform(try_variant_get(' ~ json_expression ~ ", '$', 'array<variant>'), " ~ element ~ ' -> '
            ~ dbt_llm.typed_value(element, schema['items']) ~ ')'
        ) }}
    {%- elif schema.type == 'object' and dbt_llm._has_date_time(schema) -%}
        {%- set fields = [] -%}
        {%- for name, member in schema.properties.items() -%}
            {%- do fields.append(dbt_llm.string_literal(name) ~ ', ' ~ dbt_llm.typed_value(dbt_llm.json_member(json_expression, name), member)) -%}
        {%- endfor -%}
        {{ return('if(' ~ dbt_llm.json_is(json_expression, 'object') ~ ', named_struct(' ~ (fields | join(', ')) ~ '), null)') }}
    {%- endif -%}
    {{ return('try_variant_get(' ~ json_expression ~ ", '$', " ~ dbt_llm.string_literal(type) ~ ')') }}
{%- endmacro -%}
