{# The labels that a column, or an item of it, may have, as texts; none where they are not numbered. #}
{%- macro _column_labels(schema) -%}
    {%- set values = schema['items'] if schema.type == 'array' else schema -%}
    {%- if values.type == 'boolean' -%}
        {{ return(['true', 'false']) }}
    {%- elif values.type != 'string' or not ('enum' in values or 'const' in values) -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return((values.enum if 'enum' in values else [values.const]) | reject('none') | list) }}
{%- endmacro -%}
