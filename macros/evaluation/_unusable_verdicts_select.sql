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
