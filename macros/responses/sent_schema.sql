{# What of a schema is sent with a request: less than the whole, where a provider takes less. #}

{#
    A schema for constrained decoding: only the keywords that the provider takes, every property required, and an
    optional one nullable. `closed`: standard JSON Schema that forbids other properties; else the dialect of OpenAPI,
    with `nullable`. What is lost here is checked in the completion afterwards.
#}
{%- macro _constrained_schema(schema, keywords, closed, optional=false) -%}
    {%- set kept = {} -%}
    {%- for keyword in keywords if keyword in schema -%}
        {%- do kept.update({keyword: schema[keyword]}) -%}
    {%- endfor -%}
    {%- if 'enum' in kept and schema.type != 'string' and not closed -%}
        {%- do kept.pop('enum') -%}
    {%- elif 'enum' in kept and not closed -%}
        {# Its enum is a list of texts, and `nullable` says the rest. #}
        {%- do kept.update({'enum': kept.enum | reject('none') | list}) -%}
    {%- endif -%}
    {%- do kept.update({'type': schema.type}) -%}
    {%- if schema.get('nullable') or optional -%}
        {%- do kept.update({'type': [schema.type, 'null']} if closed else {'nullable': true}) -%}
        {%- if closed and 'enum' in kept and none not in kept.enum -%}
            {%- do kept.update({'enum': kept.enum + [none]}) -%}
        {%- endif -%}
    {%- endif -%}
    {%- if schema.properties is mapping -%}
        {%- set properties = {} -%}
        {%- for name, member in schema.properties.items() -%}
            {%- do properties.update({name: dbt_llm._constrained_schema(
                member, keywords=keywords, closed=closed, optional=name not in schema.required
            )}) -%}
        {%- endfor -%}
        {%- do kept.update({'properties': properties, 'required': properties.keys() | list}) -%}
        {%- if closed -%}
            {%- do kept.update({'additionalProperties': false}) -%}
        {%- endif -%}
    {%- endif -%}
    {%- if 'items' in schema -%}
        {%- do kept.update({'items': dbt_llm._constrained_schema(schema['items'], keywords=keywords, closed=closed)}) -%}
    {%- endif -%}
    {{ return(kept) }}
{%- endmacro -%}

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
