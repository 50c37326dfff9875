{# Whether a response column is that label, or, of an array, holds it; as a SQL condition. #}
{%- macro _has_label(column, schema, label) -%}
    {%- set type = (schema['items'] if schema.type == 'array' else schema).type -%}
    {%- set literal = (label | string | lower) if label is boolean
        else 'cast(' ~ label ~ ' as ' ~ dbt_llm.column_type({'type': type}) ~ ')' if type in ['integer', 'number']
        else dbt_llm.string_literal(label) -%}
    {{ return(dbt_llm.array_contains(column, literal) if schema.type == 'array' else column ~ ' = ' ~ literal) }}
{%- endmacro -%}
