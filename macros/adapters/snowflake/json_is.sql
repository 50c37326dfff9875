{# JSON Schema's types: 1.0 is an integer there, so a number without a fraction is one here. #}
{%- macro snowflake__json_is(json_expression, json_type) -%}
    {%- set type = 'typeof(' ~ json_expression ~ ')' -%}
    {%- if json_type == 'integer' -%}
        {%- set number = dbt_llm.json_number(json_expression) -%}
        {{ return(
            '(' ~ type ~ " = 'INTEGER' or (" ~ type ~ " in ('DECIMAL', 'DOUBLE') and " ~ number ~ ' = trunc(' ~ number ~ ')))'
        ) }}
    {%- elif json_type == 'number' -%}
        {{ return(type ~ " in ('INTEGER', 'DECIMAL', 'DOUBLE')") }}
    {%- endif -%}
    {%- set names = {'string': 'VARCHAR', 'boolean': 'BOOLEAN', 'array': 'ARRAY', 'object': 'OBJECT', 'null': 'NULL_VALUE'} -%}
    {{ return(type ~ " = '" ~ names[json_type] ~ "'") }}
{%- endmacro -%}
