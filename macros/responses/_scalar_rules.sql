{#
    Rules on the value of a string, number or boolean. Each is written so that it is NULL, hence not broken, where the
    value is missing or null.
#}
{%- macro _scalar_rules(schema, json_expression, path) -%}
    {%- set rules = [] -%}
    {%- set not_null = dbt_llm.json_is(json_expression, schema.type) -%}
    {%- set text = dbt_llm.json_text(json_expression) -%}
    {%- set number = dbt_llm.json_number(json_expression) -%}
    {%- set values = schema.enum if schema.enum is defined else ([schema.const] if 'const' in schema else []) -%}
    {%- set literals = [] -%}
    {%- for value in values if value is not none -%}
        {%- do literals.append(
            (value | string) if schema.type in ['integer', 'number']
            else dbt_llm.string_literal((value | string | lower) if value is boolean else value)
        ) -%}
    {%- endfor -%}
    {%- if literals -%}
        {%- set value = number if schema.type in ['integer', 'number'] else text -%}
        {%- do rules.append({
            'broken': not_null ~ ' and ' ~ value ~ ' not in (' ~ (literals | join(', ')) ~ ')',
            'reason': ('not_in_enum:' if 'enum' in schema else 'not_const:') ~ path,
        }) -%}
    {%- endif -%}
    {%- set bounds = {'minimum': '<', 'maximum': '>', 'exclusiveMinimum': '<=', 'exclusiveMaximum': '>='} -%}
    {%- for keyword, operator in bounds.items() if keyword in schema -%}
        {%- do rules.append({
            'broken': not_null ~ ' and ' ~ number ~ ' ' ~ operator ~ ' ' ~ schema[keyword], 'reason': 'out_of_range:' ~ path,
        }) -%}
    {%- endfor -%}
    {%- if schema.type == 'integer' -%}
        {%- do rules.append({
            'broken': not_null ~ ' and ' ~ dbt_llm.typed_value(json_expression, schema) ~ ' is null',
            'reason': 'out_of_range:' ~ path,
        }) -%}
    {%- endif -%}
    {%- for keyword, operator in {'minLength': '<', 'maxLength': '>'}.items() if keyword in schema -%}
        {%- do rules.append({
            'broken': not_null ~ ' and ' ~ dbt_llm.text_length(text) ~ ' ' ~ operator ~ ' ' ~ schema[keyword],
            'reason': 'wrong_length:' ~ path,
        }) -%}
    {%- endfor -%}
    {%- if schema.pattern is defined -%}
        {%- do rules.append({
            'broken': not_null ~ ' and not ' ~ dbt_llm.text_matches(text, schema.pattern), 'reason': 'no_match:' ~ path,
        }) -%}
    {%- endif -%}
    {%- if schema.format is defined -%}
        {%- do rules.append({
            'broken': not_null ~ ' and not ' ~ dbt_llm.is_format(text, schema.format), 'reason': 'wrong_format:' ~ path,
        }) -%}
    {%- endif -%}
    {{ return(rules) }}
{%- endmacro -%}
