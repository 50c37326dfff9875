{#
    How a column is judged: `label` (a boolean, or one of some texts), `number`, `array` (as a set of scalars), `text` (exactly);
    none for what is not judged: an object, an array of them, a date with a time, whose texts differ for one instant.
#}
{%- macro _column_kind(schema) -%}
    {%- if schema.type == 'boolean' or (schema.type == 'string' and ('enum' in schema or 'const' in schema)) -%}
        {{ return('label') }}
    {%- elif schema.type in ['integer', 'number'] -%}
        {{ return('number') }}
    {%- elif schema.type == 'array' and schema['items'].type in ['string', 'integer', 'boolean'] -%}
        {{ return('array') }}
    {%- elif schema.type == 'string' and schema.get('format') != 'date-time' -%}
        {{ return('text') }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro -%}
