{# The one JSON type that holds all values of an enum, or none. #}
{%- macro _type_of_values(values) -%}
    {%- set types = [] -%}
    {%- for value in values if value is not none -%}
        {%- set type = 'boolean' if value is boolean
            else 'string' if value is string
            else 'integer' if value is integer
            else 'number' if value is number
            else 'none' -%}
        {%- if type not in types -%}
            {%- do types.append(type) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if types | sort == ['integer', 'number'] -%}
        {{ return('number') }}
    {%- endif -%}
    {{ return(types[0] if types | length == 1 and types[0] != 'none' else none) }}
{%- endmacro -%}
