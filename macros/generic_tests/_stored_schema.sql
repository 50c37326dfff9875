{#
    What a schema says of the values once they stand in typed columns: what is missing is NULL there, and a date is a date,
    so that no text of it is left to be checked.
#}
{%- macro _stored_schema(schema, optional=false) -%}
    {%- set kept = {} -%}
    {%- do kept.update(schema) -%}
    {%- if optional -%}
        {%- do kept.update({'nullable': true}) -%}
    {%- endif -%}
    {%- if 'format' in schema -%}
        {%- for keyword in ['format', 'pattern', 'minLength', 'maxLength', 'enum', 'const'] if keyword in kept -%}
            {%- do kept.pop(keyword) -%}
        {%- endfor -%}
        {%- do kept.update({'is_date': true}) -%}
    {%- endif -%}
    {%- if schema.properties is mapping -%}
        {%- set properties = {} -%}
        {%- for name, member in schema.properties.items() -%}
            {%- do properties.update({name: dbt_llm._stored_schema(member, optional=name not in schema.required)}) -%}
        {%- endfor -%}
        {%- do kept.update({'properties': properties}) -%}
    {%- endif -%}
    {%- if 'items' in schema -%}
        {%- do kept.update({'items': dbt_llm._stored_schema(schema['items'])}) -%}
    {%- endif -%}
    {{ return(kept) }}
{%- endmacro -%}
