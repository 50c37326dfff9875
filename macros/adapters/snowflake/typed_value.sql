{# Never raises: what cannot be had in the type is NULL. #}
{%- macro snowflake__typed_value(json_expression, schema) -%}
    {%- set text = dbt_llm.json_text(json_expression) -%}
    {%- set type = dbt_llm.column_type(schema) -%}
    {{ return({
        'array': 'as_array(' ~ json_expression ~ ')',
        'object': 'as_object(' ~ json_expression ~ ')',
        'varchar': text,
        'date': 'try_to_date(' ~ text ~ ')',
        'timestamp_tz': 'try_to_timestamp_tz(' ~ text ~ ')',
        'number(38, 0)': 'try_to_number(' ~ text ~ ', 38, 0)',
        'float': 'try_to_double(' ~ text ~ ')',
        'boolean': 'try_to_boolean(' ~ text ~ ')',
    }[type]) }}
{%- endmacro -%}
