{# Reviewers' verdicts, as golden rows. #}

{#
    The latest verdict on each request and column of a task, with the input as the review sample kept it, the value that it says
    is right, and why it cannot count as a golden row, if so. A query.
#}
{%- macro _judged_verdicts(sample, verdicts, golden, task) -%}
    {%- set names = [] -%}
    {%- for part in dbt_llm._template_parts(task.prompt) if part.column is defined and not part.optional and part.column | lower not in names -%}
        {%- do names.append(part.column | lower) -%}
    {%- endfor -%}
select
    request_key,
    column_name,
    input,
    expected,
    case
        when input is null then 'verdict_not_in_sample'
        {%- for name in names %}
        when {{ dbt_llm.json_member(dbt_llm.parse_json('input'), name) }} is null then {{ dbt_llm.string_literal('verdict_without_input:' ~ name) }}
        {%- endfor %}
        when column_name not in ({{ dbt_llm._literal_list(golden.columns) }}) then 'verdict_on_other_column'
        {%- for name, column in golden.columns.items() %}
        when column_name = {{ dbt_llm.string_literal(name) }} and expected is null
            {%- if column.may_be_null %} and coalesce(lower(verdict), '') != 'right'{% endif %} then 'verdict_without_value'
        when column_name = {{ dbt_llm.string_literal(name) }} and not ({{ dbt_llm._is_possible_answer('expected', column) }}) then 'verdict_not_allowed'
        {%- endfor %}
    end as unusable_because
from (
    select
        latest.request_key,
        latest.column_name,
        latest.verdict,
        sampled.input,
        case
            when latest.correct_value is not null then latest.correct_value
            {%- for name, column in golden.columns.items() %}
            when lower(latest.verdict) = 'right' and latest.column_name = {{ dbt_llm.string_literal(name) }}
                then {{ dbt_llm._answered_text(dbt_llm.json_member(dbt_llm.parse_wrapped_json('sampled.output'), name), column.kind) }}
            {%- endfor %}
        end as expected
    from (
        select
            request_key,
            column_name,
            verdict,
            {{ dbt_llm.text_of('correct_value') }} as correct_value,
            row_number() over (partition by request_key, column_name order by reviewed_at desc) as newest_first
        from {{ verdicts }}
        where task = {{ dbt_llm.string_literal(golden.of) }}
    ) as latest
    left join (
        select
            request_key,
            input,
            output,
            row_number() over (partition by request_key order by sampled_at desc) as newest_first
        from {{ sample }}
        where task = {{ dbt_llm.string_literal(golden.of) }}
    ) as sampled
        on latest.request_key = sampled.request_key and sampled.newest_first = 1
    where latest.newest_first = 1
) as known
{%- endmacro -%}

{# The verdicts that cannot count as golden rows of this candidate, each with the reason, so that none is lost. #}
{%- macro _unusable_verdicts_select(sample, verdicts, golden, candidate) -%}
    {%- set text = 'cast(null as ' ~ dbt_llm.column_type({'type': 'string'}) ~ ')' -%}
    {%- set number = 'cast(null as ' ~ dbt_llm.column_type({'type': 'number'}) ~ ')' -%}
    {%- set size = 'cast(null as ' ~ dbt_llm.column_type({'type': 'integer'}) ~ ')' -%}
select
    {{ dbt_llm.string_literal(golden.of) }} as task,
    {{ dbt_llm.string_literal(candidate.name) }} as candidate,
    {{ dbt_llm.string_literal(candidate.task.model_name) }} as model_name,
    request_key as golden_key,
    'verdict' as golden_source,
    column_name,
    {{ text }} as kind,
    expected,
    {{ text }} as answered,
    cast(null as {{ dbt_llm.column_type({'type': 'boolean'}) }}) as is_correct,
    {{ number }} as deviation,
    {{ size }} as expected_size,
    {{ size }} as answered_size,
    {{ size }} as common_size,
    'unusable' as llm_status,
    unusable_because as llm_reason,
    request_key as llm_request_key,
    {{ dbt_llm._prompt_version(candidate.task) }} as llm_prompt_version
from (
{{ dbt_llm._judged_verdicts(sample=sample, verdicts=verdicts, golden=golden, task=candidate.task) }}
) as judged
where unusable_because is not null
{%- endmacro -%}
