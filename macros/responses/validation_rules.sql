{# The rules of a schema that a completion must not break, as SQL conditions. #}

{#
    The rules that a JSON value must not break, in order: [{'broken': SQL condition, 'reason': text}, …]. A rule may
    rely on the ones before it. `json_expression` is SQL NULL where the member is missing.
#}
{%- macro _validation_rules(schema, json_expression, path, required=true) -%}
    {%- set rules = [] -%}
    {%- if required -%}
        {%- do rules.append({'broken': json_expression ~ ' is null', 'reason': 'missing:' ~ path}) -%}
    {%- endif -%}
    {%- set types = ['null', schema.type] if schema.nullable else [schema.type] -%}
    {%- set is_type = [] -%}
    {%- for type in types -%}
        {%- do is_type.append(dbt_llm.json_is(json_expression, type)) -%}
    {%- endfor -%}
    {%- do rules.append({'broken': 'not (' ~ (is_type | join(' or ')) ~ ')', 'reason': 'wrong_type:' ~ path}) -%}
    {%- if schema.type == 'object' -%}
        {%- do rules.extend(dbt_llm._object_rules(schema, json_expression, path)) -%}
    {%- elif schema.type == 'array' -%}
        {%- do rules.extend(dbt_llm._array_rules(schema, json_expression, path)) -%}
    {%- else -%}
        {%- do rules.extend(dbt_llm._scalar_rules(schema, json_expression, path)) -%}
    {%- endif -%}
    {{ return(rules) }}
{%- endmacro -%}

{# Rules on an object: no other keys where they are forbidden, then the rules of its members. #}
{%- macro _object_rules(schema, json_expression, path) -%}
    {%- set rules = [] -%}
    {%- if schema.additionalProperties is defined and not schema.additionalProperties -%}
        {%- do rules.append({
            'broken': dbt_llm.json_has_other_keys(json_expression, schema.properties.keys() | list),
            'reason': 'unexpected_property' ~ (':' ~ path if path else ''),
        }) -%}
    {%- endif -%}
    {# A member of a value that is null, or not there, is missing with it: the rule of the parent has spoken. #}
    {%- set is_there = dbt_llm.json_is(json_expression, 'object') -%}
    {%- for name, member in schema.properties.items() -%}
        {%- set member_rules = dbt_llm._validation_rules(
            member,
            dbt_llm.json_member(json_expression, name),
            (path ~ '.' if path else '') ~ name,
            required=name in schema.required,
        ) -%}
        {%- for rule in member_rules -%}
            {%- do rules.append({'broken': is_there ~ ' and (' ~ rule.broken ~ ')', 'reason': rule.reason}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro -%}

{# Rules on an array: its length, then each rule of its items for any element. #}
{%- macro _array_rules(schema, json_expression, path) -%}
    {%- set rules = [] -%}
    {%- set is_there = dbt_llm.json_is(json_expression, 'array') -%}
    {%- set length = dbt_llm.json_array_length(json_expression) -%}
    {%- if schema.minItems is defined -%}
        {%- do rules.append({'broken': is_there ~ ' and ' ~ length ~ ' < ' ~ schema.minItems, 'reason': 'wrong_length:' ~ path}) -%}
    {%- endif -%}
    {%- if schema.maxItems is defined -%}
        {%- do rules.append({'broken': is_there ~ ' and ' ~ length ~ ' > ' ~ schema.maxItems, 'reason': 'wrong_length:' ~ path}) -%}
    {%- endif -%}
    {# One name per level of nesting, so that an inner element never hides an outer one. #}
    {%- set element = 'element' if 'element' not in json_expression else 'element_' ~ (json_expression | length) -%}
    {%- for rule in dbt_llm._validation_rules(schema['items'], element, path, required=false) -%}
        {%- do rules.append({
            'broken': dbt_llm.json_any_element(json_expression, element, rule.broken),
            'reason': rule.reason,
        }) -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro -%}

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

{# RFC 3339, as JSON Schema's formats ask: the text has the form, and it is a day that exists. #}
{%- macro _is_format(text_expression, format) -%}
    {%- set forms = {
        'date': '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
        'date-time': '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$',
    } -%}
    {{ return(
        '(' ~ dbt_llm.text_matches(text_expression, forms[format])
        ~ ' and ' ~ dbt_llm.date_of(text_expression, format) ~ ' is not null)'
    ) }}
{%- endmacro -%}
