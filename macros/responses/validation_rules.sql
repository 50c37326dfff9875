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
    {%- set element = dbt_llm._element_name(json_expression) -%}
    {%- for rule in dbt_llm._validation_rules(schema['items'], element, path, required=false) -%}
        {%- do rules.append({
            'broken': dbt_llm.json_any_element(json_expression, element, rule.broken),
            'reason': rule.reason,
        }) -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro -%}

{# The name of an array's element: one for each level of nesting, so that an inner element never hides an outer one. #}
{%- macro _element_name(json_expression) -%}
    {{ return('element' if 'element' not in json_expression else 'element_' ~ (json_expression | length)) }}
{%- endmacro -%}

{#
    Rules on the value of a string, number or boolean. The rule on its type comes before, so that here the value is of
    that type, or missing or null; then each condition is NULL, hence not broken.
#}
{%- macro _scalar_rules(schema, json_expression, path) -%}
    {%- set rules = [] -%}
    {%- set text = dbt_llm.json_text(json_expression) -%}
    {%- set number = dbt_llm.typed_value(json_expression, schema) if schema.type == 'integer' else dbt_llm.json_number(json_expression) -%}
    {%- set values = schema.enum if schema.enum is defined else ([schema.const] if 'const' in schema else []) -%}
    {%- set literals = [] -%}
    {%- for value in values if value is not none -%}
        {%- do literals.append(
            dbt_llm._number_literal(value, schema.type) if schema.type in ['integer', 'number']
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
    {%- set bounds = {
        'minimum': {'broken': '<', 'round': 'ceil'},
        'maximum': {'broken': '>', 'round': 'floor'},
        'exclusiveMinimum': {'broken': '<=', 'round': 'floor'},
        'exclusiveMaximum': {'broken': '>=', 'round': 'ceil'},
    } -%}
    {%- set bounded = [] -%}
    {%- for keyword, bound in bounds.items() if keyword in schema -%}
        {# An integer against a fraction would be compared as doubles by some engines. #}
        {%- set limit = schema[keyword] | round(0, bound.round) | int if schema.type == 'integer' and schema[keyword] is not integer
            else schema[keyword] -%}
        {%- do rules.append({
            'broken': number ~ ' ' ~ bound.broken ~ ' ' ~ dbt_llm._number_literal(limit, schema.type),
            'reason': 'out_of_range:' ~ path,
        }) -%}
        {%- if limit | abs < 9007199254740992 -%}
            {%- do bounded.append(bound.broken[0]) -%}
        {%- endif -%}
    {%- endfor -%}
    {# Between two bounds below 2^53 every double is exact. #}
    {%- if schema.type == 'integer' or (schema.type == 'number' and bounded | unique | list | length < 2) -%}
        {%- do rules.append({'broken': dbt_llm._inexact(json_expression, schema), 'reason': 'out_of_range:' ~ path}) -%}
    {%- endif -%}
    {%- for keyword, operator in {'minLength': '<', 'maxLength': '>'}.items() if keyword in schema -%}
        {%- do rules.append({
            'broken': dbt_llm.text_length(text) ~ ' ' ~ operator ~ ' ' ~ schema[keyword],
            'reason': 'wrong_length:' ~ path,
        }) -%}
    {%- endfor -%}
    {%- if schema.pattern is defined -%}
        {%- do rules.append({
            'broken': 'not ' ~ dbt_llm.text_matches(text, dbt_llm._plain_pattern(schema.pattern)), 'reason': 'no_match:' ~ path,
        }) -%}
    {%- endif -%}
    {%- if schema.format is defined -%}
        {%- do rules.append({
            'broken': text ~ ' is not null and not ' ~ dbt_llm._is_format(text, schema.format), 'reason': 'wrong_format:' ~ path,
        }) -%}
    {%- endif -%}
    {{ return(rules) }}
{%- endmacro -%}

{#
    Whether the column cannot hold the number that was answered. From 2^53 on a double has no room for every integer: there an
    integer with a point or an exponent was a double on its way here, and an integer in digits is not what a double column
    would keep. The common case costs one comparison.
#}
{%- macro _inexact(json_expression, schema) -%}
    {%- set first_gap = 9007199254740992 -%}
    {%- set integer = dbt_llm.typed_value(json_expression, {'type': 'integer'}) -%}
    {%- if schema.type == 'integer' -%}
        {{ return(
            'coalesce(' ~ integer ~ ' not between ' ~ (1 - first_gap) ~ ' and ' ~ (first_gap - 1) ~ ', '
            ~ dbt_llm.json_text(json_expression) ~ ' is not null) and (' ~ integer ~ ' is null or '
            ~ dbt_llm.json_is(json_expression, 'float') ~ ')'
        ) }}
    {%- endif -%}
    {%- set number = dbt_llm.json_number(json_expression) -%}
    {# 1e400 is JSON, and infinity as a double. #}
    {{ return(
        'abs(' ~ number ~ ') >= ' ~ first_gap ~ ' and (abs(' ~ number ~ ') > 1.7976931348623157e308 or (not '
        ~ dbt_llm.json_is(json_expression, 'float') ~ ' and coalesce(' ~ integer ~ ' != ' ~ dbt_llm.integer_of(number) ~ ', true)))'
    ) }}
{%- endmacro -%}

{# A number of a schema in SQL, exact: an integer column is compared with integers, a double with doubles. #}
{%- macro _number_literal(value, type) -%}
    {%- if type == 'integer' -%}
        {{ return(dbt_llm.integer_literal(value)) }}
    {%- endif -%}
    {{ return((value | float | string) if value is integer and (value >= 9007199254740992 or value <= -9007199254740992) else (value | string)) }}
{%- endmacro -%}

{#
    RFC 3339, as JSON Schema's formats ask: the text has the form, and it is a day or a moment that exists. Its section 5.6 allows
    a space for the T. A leap second (:60) has no place in any warehouse's type.
#}
{%- macro _is_format(text_expression, format) -%}
    {%- set day = '[0-9]{4}-[0-9]{2}-[0-9]{2}' -%}
    {%- set minutes = '([01][0-9]|2[0-3]):[0-5][0-9]' -%}
    {%- set forms = {
        'date': '^' ~ day ~ '$',
        'date-time': '^' ~ day ~ '[Tt ]' ~ minutes ~ ':[0-5][0-9]([.][0-9]+)?([Zz]|[+-]' ~ minutes ~ ')$',
    } -%}
    {{ return(
        '(' ~ dbt_llm.text_matches(text_expression, forms[format])
        ~ ' and ' ~ dbt_llm.date_of(text_expression, format) ~ ' is not null)'
    ) }}
{%- endmacro -%}
