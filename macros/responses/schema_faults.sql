{# What is wrong in a response format, one sentence each. #}

{# What dbt_llm can't type or validate in a (normalised) schema, one sentence each; nothing is silently ignored. #}
{%- macro _schema_faults(schema, where) -%}
    {%- if schema is not mapping -%}
        {{ return([where ~ ": not a schema. Expected a mapping such as {type: string}; got '" ~ schema ~ "'"]) }}
    {%- endif -%}
    {%- set composed = [] -%}
    {%- set types = ['string', 'integer', 'number', 'boolean', 'array', 'object'] -%}
    {%- for key in ['$ref', '$defs', 'definitions', 'oneOf', 'anyOf', 'allOf'] if key in schema -%}
        {%- do composed.append(where ~ ": unknown key '" ~ key ~ "', as a column has one type. Expected a schema without references and alternatives; got '"
            ~ key ~ "'. Write out what it stands for; `dbt-llm response-format` does so for a Pydantic class") -%}
    {%- endfor -%}
    {%- if composed -%}
        {{ return(composed) }}
    {%- endif -%}
    {%- set value_faults = dbt_llm._enum_faults(schema, where) -%}
    {%- if value_faults -%}
        {{ return(value_faults) }}
    {%- elif schema.type not in types -%}
        {{ return([
            where ~ '.type: not one type. Expected one of ' ~ dbt_llm._quoted_list(types)
            ~ ", alone or with 'null'; got '" ~ (schema.type | default('nothing', true)) ~ "'"
            ~ (". YAML reads null without quotes as no value: write it in quotes, 'null'"
                if schema.type is sequence and schema.type is not string and none in schema.type else '')
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
                    ~ dbt_llm._quoted_list(schema.properties) ~ "; got '" ~ name ~ "'" ~ dbt_llm._yaml_reading([name])) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- elif schema.type == 'array' -%}
        {%- do faults.extend(dbt_llm._schema_faults(schema.get('items', 'nothing'), where ~ '.items')) -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

{# The JSON Schema keywords that a schema of this type may have: those that are validated, and plain annotations. #}
{%- macro _schema_keywords(type) -%}
    {%- set own = {
        'string': ['enum', 'const', 'minLength', 'maxLength', 'pattern', 'format'],
        'integer': ['enum', 'const', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
        'number': ['enum', 'const', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
        'boolean': ['enum', 'const'],
        'array': ['items', 'minItems', 'maxItems'],
        'object': ['properties', 'required', 'additionalProperties'],
    } -%}
    {{ return(['type', 'nullable', 'title', 'description', 'examples', 'default'] + own[type]) }}
{%- endmacro -%}

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
    {%- set keyword = 'enum' if 'enum' in schema else 'const' -%}
    {%- set values = schema.enum if 'enum' in schema else ([schema.const] if 'const' in schema else []) -%}
    {%- set type = dbt_llm._type_of_values(values) if values | reject('none') | list else schema.type -%}
    {%- set stated = schema.type or type -%}
    {%- if not schema.type and type == 'boolean' -%}
        {%- do faults.append(
            where ~ '.' ~ keyword ~ ': only booleans, which is also how YAML reads yes, no, on and off without quotes. Expected texts in quotes, or '
            ~ '`type: boolean` beside them; got ' ~ dbt_llm._quoted_list(values) ~ ". Quote what is a text, as 'no'"
        ) -%}
    {%- elif values and (type is none or (type != stated and not (type == 'integer' and stated == 'number'))) -%}
        {%- do faults.append(
            where ~ (': the values are not of one type' if type is none else ": the values are not of the type '" ~ stated ~ "'")
            ~ '. Expected values of one type, that of the property; got ' ~ dbt_llm._quoted_list(values)
            ~ (dbt_llm._yaml_reading(values) if schema.type in ['string', none] or schema.type is undefined else '')
        ) -%}
    {%- endif -%}
    {%- if stated in ['integer', 'number'] -%}
        {%- for value in values if value is number -%}
            {%- do faults.extend(dbt_llm._schema_number_faults(value, stated, where ~ '.' ~ keyword)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

{# What YAML made of texts without quotes among these values, and that quotes help; nothing where all are texts. #}
{%- macro _yaml_reading(values) -%}
    {%- set read = [] -%}
    {%- for value in values if value is not string and value is not none -%}
        {%- do read.append((value | string | lower) if value is boolean else (value | string)) -%}
    {%- endfor -%}
    {{ return(
        '. YAML read ' ~ dbt_llm._quoted_list(read) ~ " from what stands there without quotes (NO is false, 010 is 8, 12:30 is 750): write a text in quotes, as 'NO'"
        if read else ''
    ) }}
{%- endmacro -%}

{# A number of a schema that some column could not hold as it stands. #}
{%- macro _schema_number_faults(value, type, where) -%}
    {%- set text = value | string -%}
    {%- if text in ['inf', '-inf', 'nan'] or (text | replace('-', '') | length > 38 and value is integer) -%}
        {{ return([where ~ ": no number that every warehouse has. Expected at most 38 digits; got '" ~ text ~ "'"]) }}
    {%- elif type == 'number' and value is integer and value | float | int != value -%}
        {{ return([
            where ~ ": a number is a double, which has no room for all these digits. Expected at most 15 digits, or type: integer; got '"
            ~ text ~ "'. An id is best a string"
        ]) }}
    {%- endif -%}
    {{ return([]) }}
{%- endmacro -%}

{# Keyword values that could not be turned into SQL. #}
{%- macro _keyword_value_faults(schema, where) -%}
    {%- set faults = [] -%}
    {%- set numbers = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] -%}
    {%- set sizes = ['minLength', 'maxLength', 'minItems', 'maxItems'] -%}
    {%- for keyword in numbers + sizes if keyword in schema -%}
        {%- if schema[keyword] is not number or schema[keyword] is boolean -%}
            {%- do faults.append(where ~ '.' ~ keyword ~ ": not a number. Expected a number; got '" ~ schema[keyword] ~ "'") -%}
        {%- elif keyword in numbers -%}
            {%- do faults.extend(dbt_llm._schema_number_faults(schema[keyword], schema.type, where ~ '.' ~ keyword)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for keyword in ['nullable', 'additionalProperties'] if keyword in schema and schema[keyword] is not boolean -%}
        {%- do faults.append(where ~ '.' ~ keyword ~ ": not a boolean. Expected true or false; got '" ~ schema[keyword] ~ "'") -%}
    {%- endfor -%}
    {%- if 'format' in schema and schema.format not in ['date', 'date-time'] -%}
        {%- do faults.append(
            where ~ ".format: not validated by dbt_llm. Expected 'date' or 'date-time'; got '" ~ schema.format
            ~ "'. Use a `pattern` instead"
        ) -%}
    {%- endif -%}
    {%- if schema.pattern is string -%}
        {%- do faults.extend(dbt_llm._pattern_faults(schema.pattern, where)) -%}
    {%- elif 'pattern' in schema -%}
        {%- do faults.append(where ~ ".pattern: not a text. Expected a regular expression; got '" ~ schema.pattern ~ "'") -%}
    {%- endif -%}
    {{ return(faults) }}
{%- endmacro -%}

{#
    A property becomes a column, or a field of one: its name must be an identifier in every warehouse, differ from its
    siblings' in more than case, and not be one of the columns that a task adds itself.
#}
{%- macro _property_name_faults(names, where) -%}
    {%- set faults = [] -%}
    {%- set seen = [] -%}
    {%- for name in names -%}
        {%- if name is not string or not dbt_llm._is_identifier(name) -%}
            {%- do faults.append(where ~ ": not a column name. Expected letters, digits and underscores; got '" ~ name ~ "'"
                ~ (dbt_llm._yaml_reading([name]) if name is not string else '')) -%}
        {%- elif name | lower in seen -%}
            {%- do faults.append(where ~ ": two properties differ only by case. Expected one name each; got '" ~ name ~ "'") -%}
        {%- elif name[:4] | lower == 'llm_' or name[:9] | lower == '_dbt_llm_' -%}
            {%- do faults.append(where ~ ": dbt_llm names its own columns so. Expected a name without the prefix 'llm_'; got '" ~ name ~ "'") -%}
        {%- endif -%}
        {%- do seen.append(name | string | lower) -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}
