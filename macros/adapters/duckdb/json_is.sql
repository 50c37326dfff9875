{# JSON Schema's types: 1.0 is an integer there, so a double without a fraction is one here. #}
{%- macro duckdb__json_is(json_expression, json_type) -%}
    {%- set type = 'json_type(' ~ json_expression ~ ')' -%}
    {%- if json_type == 'integer' -%}
        {%- set number = dbt_llm.json_number(json_expression) -%}
        {{ return(
            '(' ~ type ~ " in ('BIGINT', 'UBIGINT', 'HUGEINT') or ("
            ~ type ~ " = 'DOUBLE' and " ~ number ~ ' = trunc(' ~ number ~ ')))'
        ) }}
    {%- elif json_type == 'number' -%}
        {{ return(type ~ " in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')") }}
    {%- endif -%}
    {%- set names = {'string': 'VARCHAR', 'boolean': 'BOOLEAN', 'array': 'ARRAY', 'object': 'OBJECT', 'null': 'NULL'} -%}
    {{ return(type ~ " = '" ~ names[json_type] ~ "'") }}
{%- endmacro -%}
