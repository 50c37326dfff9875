{#
    Rules on the value of a string, number or boolean. The rule on its type comes before, so that here the value is of
    that type, or missing or null; then each condition is NULL, hence not broken.
#}
{%- macro _scalar_rules(schema, json_expression, path) -%}
    {%- set rules = [] -%}
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
            'broken': value ~ ' not in (' ~ (literals | join(', ')) ~ ')',
            'reason': ('not_in_enum:' if 'enum' in schema else 'not_const:') ~ path,
        }) -%}
    {%- endif -%}
    {%- set bounds = {'minimum': '<', 'maximum': '>', 'exclusiveMinimum': '<=', 'exclusiveMaximum': '>='} -%}
    {%- for keyword, operator in bounds.items() if keyword in schema -%}
        {%- do rules.append({
            'broken': number ~ ' ' ~ operator ~ ' ' ~ schema[keyword], 'reason': 'out_of_range:' ~ path,
        }) -%}
    {%- endfor -%}
    {%- if schema.type == 'number' -%}
        {# 1e400 is JSON, and infinity as a double. #}
        {%- do rules.append({'broken': 'abs(' ~ number ~ ') > 1.7976931348623157e308', 'reason': 'out_of_range:' ~ path}) -%}
    {%- elif schema.type == 'integer' -%}
        {%- do rules.append({
            'broken': text ~ ' is not null and ' ~ dbt_llm.typed_value(json_expression, schema) ~ ' is null',
            'reason': 'out_of_range:' ~ path,
        }) -%}
    {%- endif -%}
    {%- for keyword, operator in {'minLength': '<', 'maxLength': '>'}.items() if keyword in schema -%}
        {%- do rules.append({
            'broken': dbt_llm.text_length(text) ~ ' ' ~ operator ~ ' ' ~ schema[keyword],
            'reason': 'wrong_length:' ~ path,
        }) -%}
    {%- endfor -%}
    {%- if schema.pattern is defined -%}
        {%- do rules.append({
            'broken': 'not ' ~ dbt_llm.text_matches(text, schema.pattern), 'reason': 'no_match:' ~ path,
        }) -%}
    {%- endif -%}
    {%- if schema.format is defined -%}
        {%- do rules.append({
            'broken': text ~ ' is not null and not ' ~ dbt_llm._is_format(text, schema.format), 'reason': 'wrong_format:' ~ path,
        }) -%}
    {%- endif -%}
    {{ return(rules) }}
{%- endmacro -%}
