{#
    The rows of one evaluated column: what was expected, what was answered, and whether it is right. What has no answer yet is
    neither right nor wrong; what is in quarantine is wrong.
#}
{%- macro _golden_select(name, column, golden, candidate) -%}
    {%- set expected = 'expected_' ~ name -%}
    {%- set answered = 'answered_' ~ name -%}
    {%- set expected_json = dbt_llm.parse_json(expected) -%}
    {%- set answered_json = dbt_llm.parse_json(answered) -%}
    {%- set no_number = 'cast(null as ' ~ dbt_llm.column_type({'type': 'number'}) ~ ')' -%}
    {%- set no_size = 'cast(null as ' ~ dbt_llm.column_type({'type': 'integer'}) ~ ')' -%}
    {%- set deviation = dbt_llm.json_number(answered_json) ~ ' - ' ~ dbt_llm.json_number(expected_json) -%}
    {%- set sizes = {
        'expected_size': dbt_llm.json_set_size(expected_json),
        'answered_size': dbt_llm.json_set_size(answered_json),
        'common_size': dbt_llm.json_common_size(answered_json, expected_json),
    } -%}
    {#- Two doubles that differ by the tolerance on paper may differ by a little more as doubles. -#}
    {%- set is_right = {
        'label': answered ~ ' = ' ~ expected,
        'text': answered ~ ' = ' ~ expected,
        'number': 'abs(' ~ deviation ~ ') <= ' ~ golden.tolerance.get(name, 0) ~ ' + 0.000000001',
        'array': sizes.answered_size ~ ' = ' ~ sizes.expected_size ~ ' and ' ~ sizes.common_size ~ ' = ' ~ sizes.expected_size,
    }[column.kind] -%}
select
    {{ dbt_llm.string_literal(golden.of) }} as task,
    {{ dbt_llm.string_literal(candidate.name) }} as candidate,
    {{ dbt_llm.string_literal(candidate.task.model_name) }} as model_name,
    golden_key,
    golden_source,
    {{ dbt_llm.string_literal(name) }} as column_name,
    {{ dbt_llm.string_literal(column.kind) }} as kind,
    {{ expected }} as expected,
    {{ answered }} as answered,
    case
        when llm_status = 'pending' then cast(null as {{ dbt_llm.column_type({'type': 'boolean'}) }})
        when llm_status = 'succeeded' and {{ expected }} is null and {{ answered }} is null then true
        when llm_status = 'succeeded' and {{ is_right }} then true
        else false
    end as is_correct,
    {{ deviation if column.kind == 'number' else no_number }} as deviation,
    {%- for size, expression in sizes.items() %}
    {{ 'cast(' ~ expression ~ ' as ' ~ dbt_llm.column_type({'type': 'integer'}) ~ ')' if column.kind == 'array' else no_size }} as {{ size }},
    {%- endfor %}
    llm_status,
    llm_reason,
    llm_request_key,
    {{ dbt_llm._prompt_version(candidate.task) }} as llm_prompt_version
from llm_outcomes
where has_expected_{{ name }}
{%- endmacro -%}
