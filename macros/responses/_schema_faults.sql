{# What dbt_llm can't type or validate in a (normalised) schema, one sentence each; nothing is silently ignored. #}
{%- macro _schema_faults(schema, where) -%}
    {%- if schema is not mapping -%}
        {{ return([where ~ ": not a schema. Expected a mapping such as {type: string}; got '" ~ schema ~ "'"]) }}
    {%- endif -%}
    {%- set types = ['string', 'integer', 'number', 'boolean', 'array', 'object'] -%}
    {%- if schema.type not in types -%}
        {{ return([
            where ~ '.type: not one type. Expected one of ' ~ dbt_llm._quoted_list(types)
            ~ ", alone or with 'null'; got '" ~ (schema.type | default('nothing', true)) ~ "'"
        ]) }}
    {%- endif -%}
    {%- set faults = dbt_llm._unknown_keys(where, schema, dbt_llm._schema_keywords(schema.type)) -%}
    {%- for keyword in ['enum', 'required'] if keyword in schema -%}
        {%- if schema[keyword] is string or schema[keyword] is mapping or schema[keyword] is not iterable -%}
            {%- do faults.append(where ~ '.' ~ keyword ~ ": not a list. Expected a list; got '" ~ schema[keyword] ~ "'") -%}
        {%- elif keyword == 'enum' and schema.enum | length == 0 -%}
            {%- do faults.append(where ~ '.enum: empty. Expected at least one value; got none') -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do faults.extend(dbt_llm._keyword_value_faults(schema, where)) -%}
    {%- if schema.type == 'object' -%}
        {%- if schema.properties is not mapping or not schema.properties -%}
            {%- do faults.append(where ~ '.properties: missing. Expected at least one property; got none') -%}
        {%- else -%}
            {%- for name, member in schema.properties.items() -%}
                {%- do faults.extend(dbt_llm._schema_faults(member, where ~ '.' ~ name)) -%}
            {%- endfor -%}
            {%- for name in schema.required or [] if name not in schema.properties -%}
                {%- do faults.append(where ~ '.required: no such property. Expected one of '
                    ~ dbt_llm._quoted_list(schema.properties) ~ "; got '" ~ name ~ "'") -%}
            {%- endfor -%}
        {%- endif -%}
    {%- elif schema.type == 'array' -%}
        {%- do faults.extend(dbt_llm._schema_faults(schema.get('items', 'nothing'), where ~ '.items')) -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}
