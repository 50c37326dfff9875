{# What dbt_llm can't type or validate in a (normalised) schema, one sentence each; nothing is silently ignored. #}
{%- macro _schema_faults(schema, where) -%}
    {%- if schema is not mapping -%}
        {{ return([where ~ ": not a schema. Expected a mapping such as {type: string}; got '" ~ schema ~ "'"]) }}
    {%- endif -%}
    {%- set types = ['string', 'integer', 'number', 'boolean', 'array', 'object'] -%}
    {%- set value_faults = dbt_llm._enum_faults(schema, where) -%}
    {%- if value_faults -%}
        {{ return(value_faults) }}
    {%- elif schema.type not in types -%}
        {{ return([
            where ~ '.type: not one type. Expected one of ' ~ dbt_llm._quoted_list(types)
            ~ ", alone or with 'null'; got '" ~ (schema.type | default('nothing', true)) ~ "'"
        ]) }}
    {%- endif -%}
    {%- set faults = dbt_llm._unknown_keys(where, schema, dbt_llm._schema_keywords(schema.type)) -%}
    {%- do faults.extend(dbt_llm._keyword_value_faults(schema, where)) -%}
    {%- if schema.type == 'object' -%}
        {%- if schema.properties is not mapping or not schema.properties -%}
            {%- do faults.append(where ~ '.properties: not a mapping of properties. Expected at least one property; got '
                ~ dbt_llm._got(schema.properties)) -%}
        {%- else -%}
            {%- do faults.extend(dbt_llm._property_name_faults(schema.properties.keys() | list, where)) -%}
            {%- for name, member in schema.properties.items() -%}
                {%- do faults.extend(dbt_llm._schema_faults(member, where ~ '.' ~ name)) -%}
            {%- endfor -%}
            {%- set required = schema.required if schema.required is sequence and schema.required is not string else [] -%}
            {%- for name in required if name not in schema.properties -%}
                {%- do faults.append(where ~ '.required: no such property. Expected one of '
                    ~ dbt_llm._quoted_list(schema.properties) ~ "; got '" ~ name ~ "'") -%}
            {%- endfor -%}
        {%- endif -%}
    {%- elif schema.type == 'array' -%}
        {%- do faults.extend(dbt_llm._schema_faults(schema.get('items', 'nothing'), where ~ '.items')) -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}
