{# An enum is a list of values of one type, which is the schema's. #}
{%- macro _enum_faults(schema, where) -%}
    {%- set faults = [] -%}
    {%- for keyword in ['enum', 'required'] if keyword in schema and (schema[keyword] is string or schema[keyword] is not sequence or schema[keyword] is mapping) -%}
        {%- do faults.append(where ~ '.' ~ keyword ~ ": not a list. Expected a list; got '" ~ schema[keyword] ~ "'") -%}
    {%- endfor -%}
    {%- if faults -%}
        {{ return(faults) }}
    {%- elif 'enum' in schema and schema.enum | length == 0 -%}
        {{ return([where ~ '.enum: empty. Expected at least one value; got none']) }}
    {%- endif -%}
    {%- set values = schema.enum if 'enum' in schema else ([schema.const] if 'const' in schema else []) -%}
    {%- set type = dbt_llm._type_of_values(values) if values | reject('none') | list else schema.type -%}
    {%- set stated = schema.type or type -%}
    {%- if values and (type is none or (type != stated and not (type == 'integer' and stated == 'number'))) -%}
        {%- do faults.append(
            where ~ (': the values are not of one type' if type is none else ": the values are not of the type '" ~ stated ~ "'")
            ~ ". Expected values of one type, that of the property; got " ~ dbt_llm._quoted_list(values)
        ) -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}
