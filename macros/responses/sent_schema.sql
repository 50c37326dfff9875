{# What of a schema is sent with a request: less than the whole, where a provider takes less. #}

{#
    A schema for constrained decoding: only the keywords that the provider takes, a const as an enum of one value, and every
    property required, for one that may be missing may be null. `closed`: standard JSON Schema that forbids other
    properties; else the dialect of OpenAPI, with `nullable`. `null_in_enum`: whether null can be written among the values
    of an enum. What is lost here is checked in the completion afterwards.
#}
{%- macro _constrained_schema(schema, keywords, closed, null_in_enum=true) -%}
    {%- set kept = {} -%}
    {%- for keyword in keywords if keyword in schema -%}
        {%- do kept.update({keyword: schema[keyword]}) -%}
    {%- endfor -%}
    {%- do kept.update({'type': schema.type}) -%}
    {%- set values = schema.enum if 'enum' in schema else ([schema.const] if 'const' in schema else []) -%}
    {# OpenAPI's enum is a list of texts. #}
    {%- if values and (closed or schema.type == 'string') -%}
        {%- do kept.update({'enum': values | reject('none') | list}) -%}
    {%- elif values -%}
        {%- do kept.pop('enum', none) -%}
    {%- endif -%}
    {%- if schema.properties is mapping -%}
        {%- set properties = {} -%}
        {%- for name, member in schema.properties.items() -%}
            {%- do properties.update({name: dbt_llm._constrained_schema(
                member, keywords=keywords, closed=closed, null_in_enum=null_in_enum
            )}) -%}
        {%- endfor -%}
        {%- set names = properties.keys() | list -%}
        {%- do kept.update({'properties': properties, 'required': names}) -%}
        {%- do kept.update({'additionalProperties': false} if closed else {'propertyOrdering': names}) -%}
    {%- endif -%}
    {%- if 'items' in schema -%}
        {%- do kept.update({'items': dbt_llm._constrained_schema(
            schema['items'], keywords=keywords, closed=closed, null_in_enum=null_in_enum
        )}) -%}
    {%- endif -%}
    {%- if not schema.get('nullable') -%}
        {{ return(kept) }}
    {%- elif not closed -%}
        {%- do kept.update({'nullable': true}) -%}
    {%- elif 'enum' in kept and not null_in_enum -%}
        {{ return({'anyOf': [kept, {'type': 'null'}]}) }}
    {%- else -%}
        {%- do kept.update({'type': [schema.type, 'null']}) -%}
        {%- if 'enum' in kept -%}
            {%- do kept.update({'enum': kept.enum + [none]}) -%}
        {%- endif -%}
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
