{# A statement that appends the results of this golden model's rows that differ from what is kept of them. #}
{%- macro _append_evaluation_rows(golden_name) -%}
    {%- set kept = dbt_llm._package_relation('dbt_llm__evaluation_rows') -%}
    {%- set nothing = dbt_llm.string_literal('') -%}
insert into {{ kept }}
    (
        task, golden, candidate, prompt_version, model_name, golden_key, golden_source, column_name, expected, answered, is_correct,
        deviation, status, reason, request_key, invocation_id, evaluated_at
    )
select
    fresh.task,
    {{ dbt_llm.string_literal(golden_name) }},
    fresh.candidate,
    fresh.llm_prompt_version,
    fresh.model_name,
    fresh.golden_key,
    fresh.golden_source,
    fresh.column_name,
    fresh.expected,
    fresh.answered,
    fresh.is_correct,
    fresh.deviation,
    fresh.llm_status,
    fresh.llm_reason,
    fresh.llm_request_key,
    {{ dbt_llm.string_literal(invocation_id) }},
    {{ dbt_llm.current_utc() }}
from {{ this }} as fresh
left join (
{{ dbt_llm._latest_evaluation_rows(kept, golden_name) }}
) as kept
    on fresh.llm_prompt_version = kept.prompt_version
        and fresh.model_name = kept.model_name
        and fresh.golden_key = kept.golden_key
        and fresh.column_name = kept.column_name
        and fresh.llm_status = kept.status
        and fresh.is_correct = kept.is_correct
        and coalesce(fresh.expected, {{ nothing }}) = coalesce(kept.expected, {{ nothing }})
        and coalesce(fresh.answered, {{ nothing }}) = coalesce(kept.answered, {{ nothing }})
where fresh.llm_status not in ('pending', 'unusable')
    and kept.golden_key is null
{%- endmacro -%}
