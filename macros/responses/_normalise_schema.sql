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
    {%- elif not named and values -%}
        {%- do normal.update({'type': dbt_llm._type_of_values(values)}) -%}
    {%- endif -%}
    {%- if schema.properties is mapping -%}
        {%- set properties = {} -%}
        {%- for name, member in schema.properties.items() -%}
            {%- do properties.update({name: dbt_llm._normalise_schema(member)}) -%}
        {%- endfor -%}
        {%- do normal.update({'properties': properties}) -%}
        {%- if 'required' not in schema -%}
            {%- do normal.update({'required': properties.keys() | list}) -%}
        {%- endif -%}
    {%- endif -%}
    {%- if 'items' in schema -%}
        {%- do normal.update({'items': dbt_llm._normalise_schema(schema['items'])}) -%}
    {%- endif -%}
    {{ return(normal) }}
{%- endmacro -%}
