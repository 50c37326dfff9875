{# A task's response format as one JSON Schema, in the one form that all other macros read. #}

{#
    The response format as one full JSON Schema object; that of an embedding has one property of a type that JSON Schema has not.
    The short form is the mapping of its properties. At every
    level an object without `required` requires all its properties, a missing type is taken from enum or const, and
    `type: [x, 'null']` becomes `nullable: true`. So does a property that is not required: strict decoding has no other
    way to leave it out than null, so what is sent and what is judged are both made of this one form (decision 24).
#}
{%- macro _response_schema(response_format) -%}
    {%- if response_format is mapping and response_format.get('kind') == 'embedding' -%}
        {{ return({
            'type': 'object', 'properties': {'embedding': {'type': 'vector', 'dimensions': response_format.dimensions}}, 'required': ['embedding'],
        }) }}
    {%- elif response_format is mapping and response_format.get('type') == 'object' -%}
        {{ return(dbt_llm._normalise_schema(response_format)) }}
    {%- endif -%}
    {{ return(dbt_llm._normalise_schema({'type': 'object', 'properties': response_format})) }}
{%- endmacro -%}

{# A schema in the one form that the rules read; what is not a schema stays as it is, for _schema_faults to name. #}
{%- macro _normalise_schema(schema) -%}
    {%- if schema is not mapping -%}
        {{ return(schema) }}
    {%- endif -%}
    {%- set normal = {} -%}
    {%- do normal.update(schema) -%}
    {%- set types = schema.type if 'type' in schema and schema.type is sequence and schema.type is not string else ([schema.type] if schema.type else []) -%}
    {%- set values = [schema.const] if 'const' in schema else [] -%}
    {%- if 'enum' in schema and schema.enum is sequence and schema.enum is not string -%}
        {%- set values = schema.enum -%}
    {%- endif -%}
    {%- if 'null' in types or none in values -%}
        {%- do normal.update({'nullable': true}) -%}
    {%- endif -%}
    {%- set named = types | reject('equalto', 'null') | list -%}
    {%- if named | length == 1 -%}
        {%- do normal.update({'type': named[0]}) -%}
    {%- elif not named and values and dbt_llm._type_of_values(values) != 'boolean' -%}
        {# Booleans without a type may be words that YAML took for them, as `yes`: _enum_faults asks. #}
        {%- do normal.update({'type': dbt_llm._type_of_values(values)}) -%}
    {%- endif -%}
    {%- if schema.properties is mapping -%}
        {%- set properties = {} -%}
        {%- set required = schema.get('required', schema.properties.keys() | list) -%}
        {%- for name, member in schema.properties.items() -%}
            {%- set property = dbt_llm._normalise_schema(member) -%}
            {%- if property is mapping and required is sequence and name not in required -%}
                {%- do property.update({'nullable': true}) -%}
            {%- endif -%}
            {%- do properties.update({name: property}) -%}
        {%- endfor -%}
        {%- do normal.update({'properties': properties, 'required': required}) -%}
    {%- endif -%}
    {%- if 'items' in schema -%}
        {%- do normal.update({'items': dbt_llm._normalise_schema(schema['items'])}) -%}
    {%- endif -%}
    {{ return(normal) }}
{%- endmacro -%}

{# Whether a date-time is in the schema, at any level. #}
{%- macro _has_date_time(schema) -%}
    {%- set ns = namespace(found=schema.get('format') == 'date-time') -%}
    {%- set children = schema.properties.values() | list if schema.properties is mapping else ([schema['items']] if 'items' in schema else []) -%}
    {%- for child in children -%}
        {%- set ns.found = ns.found or dbt_llm._has_date_time(child) -%}
    {%- endfor -%}
    {{ return(ns.found) }}
{%- endmacro -%}

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
