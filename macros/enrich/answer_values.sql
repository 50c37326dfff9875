{# The values of an answer: its completion as JSON, and each property's value with what the rules ask of it. #}

{#
    The CTEs from llm_answered to llm_values. Where an engine reads JSON anew in each expression, all members are taken in one pass, and
    what several rules ask of a value (`json_facets`) is a column too.
#}
{%- macro _values_of_answers(schema) -%}
    {%- set members = dbt_llm._members_of_answer(schema) -%}
    {%- set facets = dbt_llm._facet_columns(schema) -%}
llm_parsed as (
    select
        *,
        case
            when _dbt_llm_response_status != 'succeeded' then null
            when substr(_dbt_llm_completion, 1, 1) = '{' then {{ dbt_llm.parse_json('_dbt_llm_completion') }}
            else {{ dbt_llm.parse_wrapped_json('_dbt_llm_completion') }}
        end as _dbt_llm_json
    from llm_answered
),

{% if members -%}
llm_members as (
    select
        *,
        {{ members['all'] }} as _dbt_llm_members
    from llm_parsed
),

{% endif -%}
{{ 'llm_taken' if facets else 'llm_values' }} as (
    select
        *
        {%- for name in schema.properties %},
        {{ members.each[name] if members else dbt_llm.json_member('_dbt_llm_json', name) }} as {{ dbt_llm._value_column(name) }}
        {%- endfor %}
    from {{ 'llm_members' if members else 'llm_parsed' }}
)
{%- if facets %},

llm_values as (
    select
        *
        {%- for column, facet in facets.items() %},
        {{ facet }} as {{ column }}
        {%- endfor %}
    from llm_taken
)
{%- endif %}
{%- endmacro -%}

{# The columns that these add to the JSON itself: none of them is shown. #}
{%- macro _columns_of_values(schema) -%}
    {%- set columns = ['_dbt_llm_members'] if dbt_llm._members_of_answer(schema) else [] -%}
    {%- for name in schema.properties -%}
        {%- do columns.append(dbt_llm._value_column(name)) -%}
    {%- endfor -%}
    {{ return(columns + (dbt_llm._facet_columns(schema).keys() | list)) }}
{%- endmacro -%}

{# All members of the answer's JSON in one pass (json_members); none where the engine asks for none. #}
{%- macro _members_of_answer(schema) -%}
    {{ return(dbt_llm.json_members('_dbt_llm_json', schema.properties.keys() | list, column='_dbt_llm_members')) }}
{%- endmacro -%}
