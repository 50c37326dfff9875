{# One candidate's part of a golden model's table. #}
{%- macro _candidate_query(relation, responses, sample, verdicts, golden, candidate) -%}
    {%- set markers = dbt_llm._markers() -%}
    {%- set task = candidate.task -%}
    {%- set input = dbt_llm._golden_input(relation=relation, sample=sample, verdicts=verdicts, golden=golden, task=task) -%}
    {%- set head = dbt_llm._task_query(relation=input, responses=responses, task=task).split(markers.result)[0] | trim -%}
    {%- set selects = [] -%}
    {%- for name, column in golden.columns.items() -%}
        {%- do selects.append(dbt_llm._golden_select(name=name, column=column, golden=golden, candidate=candidate)) -%}
    {%- endfor -%}
    {%- if verdicts is not none -%}
        {%- do selects.append(dbt_llm._unusable_verdicts_select(
            sample=sample, verdicts=verdicts, golden=golden, candidate=candidate
        )) -%}
    {%- endif -%}
{{ head }},

{{ markers.result }}
llm_outcomes as (
    select
        golden_key,
        golden_source,
        case
            when _dbt_llm_prompt is null then 'skipped'
            when _dbt_llm_is_pending then 'pending'
            when _dbt_llm_reason is not null then 'quarantined'
            else 'succeeded'
        end as llm_status,
        _dbt_llm_reason as llm_reason,
        _dbt_llm_request_key as llm_request_key
        {%- for name, column in golden.columns.items() %},
        expected_{{ name }},
        has_expected_{{ name }},
        case
            when _dbt_llm_reason is null then {{ dbt_llm._answered_text(dbt_llm._value_column(name), column.kind) }}
        end as answered_{{ name }}
        {%- endfor %}
    from llm_validated
)

{{ selects | join('\n\nunion all\n\n') }}
{{ markers.end }}
{%- endmacro -%}
