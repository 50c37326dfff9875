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
