{# Keyword values that could not be turned into SQL. #}
{%- macro _keyword_value_faults(schema, where) -%}
    {%- set faults = [] -%}
    {%- set numbers = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] -%}
    {%- set sizes = ['minLength', 'maxLength', 'minItems', 'maxItems'] -%}
    {%- for keyword in numbers + sizes if keyword in schema -%}
        {%- if schema[keyword] is not number or schema[keyword] is boolean -%}
            {%- do faults.append(where ~ '.' ~ keyword ~ ": not a number. Expected a number; got '" ~ schema[keyword] ~ "'") -%}
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
    {%- if 'pattern' in schema and schema.pattern is not string -%}
        {%- do faults.append(where ~ ".pattern: not a text. Expected a regular expression; got '" ~ schema.pattern ~ "'") -%}
    {%- endif -%}
    {%- for group in ['(?=', '(?!', '(?<=', '(?<!', '\\1'] if schema.pattern is string and group in schema.pattern -%}
        {%- do faults.append(
            where ~ ".pattern: no warehouse's regular expressions know this. Expected no look-around and no back-reference; got '"
            ~ schema.pattern ~ "'"
        ) -%}
    {%- endfor -%}
    {{ return(faults) }}
{%- endmacro -%}
