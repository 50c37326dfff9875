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
