{# The values of which a share is kept: an enum's, or those of an array's items; of a boolean `true`, as `false` is the rest. #}
{%- macro _labels(schema) -%}
    {%- set valued = schema['items'] if schema.type == 'array' else schema -%}
    {%- if valued.type in ['array', 'object'] -%}
        {{ return([]) }}
    {%- elif 'enum' in valued -%}
        {{ return(valued.enum | reject('none') | list) }}
    {%- endif -%}
    {{ return([true] if valued.type == 'boolean' else []) }}
{%- endmacro -%}
