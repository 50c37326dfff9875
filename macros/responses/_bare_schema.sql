{# A schema's names, types and descriptions only: what a warehouse's own function for extraction is known to take. #}
{%- macro _bare_schema(schema) -%}
    {%- set kept = {'type': schema.type} -%}
    {%- if 'description' in schema -%}
        {%- do kept.update({'description': schema.description}) -%}
    {%- endif -%}
    {%- if schema.properties is mapping -%}
        {%- set properties = {} -%}
        {%- for name, member in schema.properties.items() -%}
            {%- do properties.update({name: dbt_llm._bare_schema(member)}) -%}
        {%- endfor -%}
        {%- do kept.update({'properties': properties}) -%}
    {%- endif -%}
    {%- if 'items' in schema -%}
        {%- do kept.update({'items': dbt_llm._bare_schema(schema['items'])}) -%}
    {%- endif -%}
    {{ return(kept) }}
{%- endmacro -%}
