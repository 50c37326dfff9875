{# The stored values of every succeeded row meet the whole response format as it is now; a failing row names the broken rule. #}
{% test response_matches_schema(model) %}
    {%- if not execute -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set schema = dbt_llm._stored_schema(dbt_llm._tested_task('response_matches_schema').schema) -%}
    {%- set value_columns = [] -%}
    {%- set facets = dbt_llm._facet_columns(schema) -%}
    {%- for name in schema.properties -%}
        {%- do value_columns.append(dbt_llm._value_column(name)) -%}
    {%- endfor -%}
with

stored as (
    select
        *
        {%- for name in schema.properties %},
        {{ dbt_llm.json_of(dbt_llm.column_name(name)) }} as {{ dbt_llm._value_column(name) }}
        {%- endfor %}
    from {{ model }}
    where llm_status = 'succeeded'
),

{% if facets -%}
facets as (
    select
        *
        {%- for column, facet in facets.items() %},
        {{ facet }} as {{ column }}
        {%- endfor %}
    from stored
),

{% endif -%}
checked as (
    select
        *,
        {{ dbt_llm._broken_rule(schema) }} as broken_rule
    from {{ 'facets' if facets else 'stored' }}
)

select
    {{ dbt_llm.star_except(value_columns + (facets.keys() | list)) }}
from checked
where broken_rule is not null
{% endtest %}

{#
    What a schema says of the values once they stand in typed columns: what is missing is NULL there, and a date is a date,
    so that no text of it is left to be checked.
#}
{%- macro _stored_schema(schema) -%}
    {%- if schema.type == 'vector' -%}
        {{ return({'type': 'array', 'items': {'type': 'number'}, 'minItems': schema.dimensions, 'maxItems': schema.dimensions}) }}
    {%- endif -%}
    {%- set kept = {} -%}
    {%- do kept.update(schema) -%}
    {%- if 'format' in schema -%}
        {%- for keyword in ['format', 'pattern', 'minLength', 'maxLength', 'enum', 'const'] if keyword in kept -%}
            {%- do kept.pop(keyword) -%}
        {%- endfor -%}
        {%- do kept.update({'is_date': true}) -%}
    {%- endif -%}
    {# What was null is an empty array there, and no fault. #}
    {%- if schema.type == 'array' and schema.get('nullable') and not dbt_llm.has_null_arrays() and 'minItems' in kept -%}
        {%- do kept.pop('minItems') -%}
    {%- endif -%}
    {%- if schema.properties is mapping -%}
        {%- set properties = {} -%}
        {%- for name, member in schema.properties.items() -%}
            {%- do properties.update({name: dbt_llm._stored_schema(member)}) -%}
        {%- endfor -%}
        {%- do kept.update({'properties': properties}) -%}
    {%- endif -%}
    {%- if 'items' in schema -%}
        {%- do kept.update({'items': dbt_llm._stored_schema(schema['items'])}) -%}
    {%- endif -%}
    {{ return(kept) }}
{%- endmacro -%}

{#
    The first rule of the response format that a row's stored values break, as one CASE; NULL when they meet it. A NULL is
    judged by itself, as a column does not tell JSON's null from a property that is missing.
#}
{%- macro _broken_rule(schema) -%}
    {%- set cases = [] -%}
    {%- for name, member in schema.properties.items() -%}
        {%- set column = dbt_llm.column_name(name) -%}
        {%- if not member.nullable -%}
            {%- do cases.append('when ' ~ column ~ ' is null then ' ~ dbt_llm.string_literal('missing:' ~ name)) -%}
        {%- endif -%}
        {%- for rule in dbt_llm._validation_rules(member, dbt_llm._value_column(name), name, required=false) if not member.is_date -%}
            {%- do cases.append(
                'when ' ~ column ~ ' is not null and (' ~ rule.broken ~ ') then ' ~ dbt_llm.string_literal(rule.reason)
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if not cases -%}
        {{ return('cast(null as ' ~ dbt.type_string() ~ ')') }}
    {%- endif -%}
    {{ return('case\n            ' ~ (cases | join('\n            ')) ~ '\n        end') }}
{%- endmacro -%}
