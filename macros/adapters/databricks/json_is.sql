{# JSON Schema's types: 1.0 is an integer there, so a number without a fraction is one here. #}
{%- macro databricks__json_is(json_expression, json_type) -%}
    {%- set type = 'schema_of_variant(' ~ json_expression ~ ')' -%}
    {%- set fractional = '(' ~ type ~ " like 'DECIMAL%' or " ~ type ~ " in ('DOUBLE', 'FLOAT'))" -%}
    {%- if json_type == 'integer' -%}
        {%- set number = dbt_llm.json_number(json_expression) -%}
        {{ return('(' ~ type ~ " = 'BIGINT' or (" ~ fractional ~ ' and ' ~ number ~ ' = floor(' ~ number ~ ')))') }}
    {%- elif json_type == 'number' -%}
        {{ return('(' ~ type ~ " = 'BIGINT' or " ~ fractional ~ ')') }}
    {%- elif json_type in ['array', 'object'] -%}
        {{ return(type ~ " like '" ~ (json_type | upper) ~ "<%'") }}
    {%- endif -%}
    {{ return(type ~ " = '" ~ {'string': 'STRING', 'boolean': 'BOOLEAN', 'null': 'VOID'}[json_type] ~ "'") }}
{%- endmacro -%}
