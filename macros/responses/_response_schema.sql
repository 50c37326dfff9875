{#
    The response format as one full JSON Schema object. The short form is the mapping of its properties. At every
    level an object without `required` requires all its properties, a missing type is taken from enum or const, and
    `type: [x, 'null']` becomes `nullable: true`.
#}
{%- macro _response_schema(response_format) -%}
    {%- if response_format is mapping and response_format.get('type') == 'object' -%}
        {{ return(dbt_llm._normalise_schema(response_format)) }}
    {%- endif -%}
    {{ return(dbt_llm._normalise_schema({'type': 'object', 'properties': response_format})) }}
{%- endmacro -%}
