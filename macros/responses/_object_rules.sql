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
