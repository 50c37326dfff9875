{# JSON Schema's types: 1.0 is an integer there, so a number without a fraction is one here. #}
{%- macro bigquery__json_is(json_expression, json_type) -%}
    {%- set type = 'json_type(' ~ json_expression ~ ')' -%}
    {%- if json_type == 'integer' -%}
        {%- set number = dbt_llm.json_number(json_expression) -%}
        {{ return('(' ~ type ~ " = 'number' and " ~ number ~ ' = trunc(' ~ number ~ '))') }}
    {%- endif -%}
    {{ return(type ~ " = '" ~ json_type ~ "'") }}
{%- endmacro -%}
