{#
    How many letters a completion is likely to have that meets a schema: names and marks exactly, values by their type. A
    text without a length is taken for a short sentence, an array for one element.
#}
{%- macro _expected_letters(schema) -%}
    {%- if schema.enum is defined -%}
        {%- set ns = namespace(letters=0) -%}
        {%- for value in schema.enum -%}
            {%- set ns.letters = ns.letters + (tojson(value) | length) -%}
        {%- endfor -%}
        {{ return(ns.letters / ([schema.enum | length, 1] | max)) }}
    {%- elif schema.const is defined -%}
        {{ return(tojson(schema.const) | length) }}
    {%- elif schema.type == 'object' -%}
        {%- set ns = namespace(letters=2) -%}
        {%- for name, member in (schema.properties or {}).items() -%}
            {# "name": value, with the spaces that most models write. #}
            {%- set ns.letters = ns.letters + (name | length) + 6 + dbt_llm._expected_letters(member) -%}
        {%- endfor -%}
        {{ return(ns.letters) }}
    {%- elif schema.type == 'array' -%}
        {%- set elements = [[1, schema.get('minItems', 0)] | max, schema.get('maxItems', 1000)] | min -%}
        {{ return(2 + elements * (2 + dbt_llm._expected_letters(schema['items'] or {}))) }}
    {%- elif schema.type == 'string' -%}
        {%- set longest = schema.get('maxLength', 120) -%}
        {{ return(2 + [[longest, 200] | min / 2, schema.get('minLength', 0)] | max if schema.format is not defined else 22) }}
    {%- elif schema.type == 'boolean' -%}
        {{ return(4.5) }}
    {%- endif -%}
    {{ return(4) }}
{%- endmacro -%}
