{# The stored values of every succeeded row meet the whole response format as it is now; a failing row names the broken rule. #}
{% test response_matches_schema(model) %}
    {%- if not execute -%}
        {{ return('select 1') }}
    {%- endif -%}
    {%- set schema = dbt_llm._stored_schema(dbt_llm._tested_task('response_matches_schema').schema) -%}
    {%- set value_columns = [] -%}
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

checked as (
    select
        *,
        {{ dbt_llm._broken_rule(schema) }} as broken_rule
    from stored
)

select
    {{ dbt_llm.star_except(value_columns) }}
from checked
where broken_rule is not null
{% endtest %}
