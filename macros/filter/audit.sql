{# The audit of a filter: what was asked whatever its score, and the recall that it shows. #}

{#
    In the post-hook of a task with a filter: append to dbt_llm__filter_audit the requests of the audit that are new. Those that were
    answered before the filter was trained may be what it was trained on, and prove nothing of it.
#}
{%- macro _record_filter_audit() -%}
    {%- set filter = dbt_llm._filter_of(dbt_llm.task_config()) -%}
    {%- set task = dbt_llm.string_literal(dbt_llm._task_name()) -%}
    {%- set audit = dbt_llm._package_relation('dbt_llm__filter_audit') -%}
    {%- set audited -%}
with

filters as (
    select
        filter_version,
        min(threshold) as threshold,
        min(trained_at) as trained_at
    from {{ dbt_llm._package_relation('dbt_llm__filters') }}
    where task = {{ task }}
        and threshold is not null
    group by filter_version
),

audited as (
    select
        task_rows.llm_request_key as request_key,
        filters.filter_version,
        max(filters.trained_at) as trained_at,
        min(task_rows.llm_filter_score) as score,
        max(case when task_rows.llm_filter_score < filters.threshold then 0 else 1 end) = 1 as is_passed,
        max(case when {{ dbt_llm._wanted_condition(filter) }} then 1 else 0 end) = 1 as is_wanted
    from {{ this }} as task_rows
    inner join filters
        on task_rows.llm_filter_version = filters.filter_version
    where task_rows.llm_status = 'succeeded'
        and {{ dbt_llm._is_audited('task_rows.llm_request_key', filter) }}
        and not exists (
            select 1
            from {{ audit }} as kept
            where kept.task = {{ task }}
                and kept.filter_version = task_rows.llm_filter_version
                and kept.request_key = task_rows.llm_request_key
        )
    group by task_rows.llm_request_key, filters.filter_version
),

responses as (
    {{ dbt_llm._latest_responses(dbt_llm._package_relation('dbt_llm__responses'), where='request_key in (select request_key from audited)') }}
)

select
    {{ task }} as task,
    audited.filter_version,
    audited.request_key,
    audited.score,
    audited.is_passed,
    audited.is_wanted,
    {{ dbt_llm.string_literal(invocation_id) }} as invocation_id,
    {{ dbt_llm.current_utc() }} as audited_at
from audited
inner join responses
    on audited.request_key = responses.request_key
where responses.responded_at > audited.trained_at
    {%- endset -%}
    {%- do dbt_llm._append_apart(audit, dbt_llm._package_columns('dbt_llm__filter_audit').keys() | list, audited, suffix='audited') -%}
{%- endmacro -%}

{#
    A query: for each filter the recall that its audit shows, pooled over its runs, with Wilson's interval. Every request of the audit was
    asked, those that the filter lets through and those that it drops alike, so the share of the wanted ones that it lets through
    is the recall, whatever the scores are worth. `task`, `runs`: of that task, over its latest runs only.
#}
{%- macro _filter_recall(audit, filters, task=none, runs=none) -%}
    {%- set number = dbt_llm.column_type({'type': 'integer'}) -%}
with

filters as (
    select
        filter_version,
        task,
        max(label_column) as label_column,
        max(label_values) as label_values,
        max(stated_recall) as stated_recall,
        max(stated_confidence) as stated_confidence,
        max(proven_recall) as proven_recall,
        max(trained_at) as trained_at
    from {{ filters }}
    where threshold is not null
        {%- if task %}
        and task = {{ dbt_llm.string_literal(task) }}
        {%- endif %}
    group by filter_version, task
),

runs as (
    select
        task,
        filter_version,
        invocation_id,
        row_number() over (partition by task, filter_version order by max(audited_at) desc, invocation_id asc) as newest_first
    from {{ audit }}
    group by task, filter_version, invocation_id
),

pooled as (
    select
        audited.task,
        audited.filter_version,
        cast(count(distinct audited.invocation_id) as {{ number }}) as runs,
        cast(count(*) as {{ number }}) as audited_requests,
        cast(sum(case when audited.is_passed then 1 else 0 end) as {{ number }}) as passed_requests,
        cast(sum(case when audited.is_wanted then 1 else 0 end) as {{ number }}) as wanted_requests,
        cast(sum(case when audited.is_wanted and audited.is_passed then 1 else 0 end) as {{ number }}) as found_requests
    from {{ audit }} as audited
    inner join runs
        on audited.task = runs.task
        and audited.filter_version = runs.filter_version
        and audited.invocation_id = runs.invocation_id
    {%- if runs %}
    where runs.newest_first <= {{ runs }}
    {%- endif %}
    group by audited.task, audited.filter_version
)

select
    filters.task,
    filters.filter_version,
    filters.label_column,
    filters.label_values,
    filters.stated_recall,
    filters.stated_confidence,
    filters.proven_recall,
    filters.trained_at,
    pooled.runs,
    pooled.audited_requests,
    pooled.passed_requests,
    pooled.wanted_requests,
    pooled.found_requests,
    {{ dbt_llm._safe_divide('pooled.found_requests', 'pooled.wanted_requests') }} as recall,
    {{ dbt_llm._wilson_bound('pooled.found_requests', 'pooled.wanted_requests', 'low') }} as recall_low,
    {{ dbt_llm._wilson_bound('pooled.found_requests', 'pooled.wanted_requests', 'high') }} as recall_high
from filters
left join pooled
    on filters.task = pooled.task
    and filters.filter_version = pooled.filter_version
{%- endmacro -%}

{# A query: the task's latest filter, where its recall has fallen below; no row otherwise. The tail is a running sum of logarithms, as McNemar's. #}
{%- macro _fallen_recall(audit, filters, task, recall, significance, runs) -%}
    {%- set double = dbt_llm.column_type({'type': 'number'}) -%}
    {%- set log_found = 'ln(cast(' ~ recall ~ ' as ' ~ double ~ '))' -%}
    {%- set log_missed = 'ln(1 - cast(' ~ recall ~ ' as ' ~ double ~ '))' -%}
select *
from (
with

recalls as (
    {{ dbt_llm._filter_recall(audit, filters, task=task, runs=runs) }}
),

latest as (
    select *
    from (
        select
            *,
            row_number() over (order by trained_at desc, filter_version asc) as newest_first
        from recalls
    ) as placed
    where newest_first = 1
        and wanted_requests > 0
        -- Where the task was trained again and nothing was proven, everything is asked, and none is in force.
        and trained_at >= (
            select max(trained_at)
            from {{ filters }}
            where task = {{ dbt_llm.string_literal(task) }}
        )
),

numbered as (
    select row_number() over (order by audited.request_key) as i
    from {{ audit }} as audited
    inner join latest
        on audited.filter_version = latest.filter_version
    where audited.task = {{ dbt_llm.string_literal(task) }}
        and audited.is_wanted
),

terms as (
    select
        numbered.i,
        latest.wanted_requests - latest.found_requests as missed,
        sum(ln(cast(latest.wanted_requests - numbered.i + 1 as {{ double }}) / numbered.i)) over (order by numbered.i)
            + numbered.i * {{ log_missed }}
            + (latest.wanted_requests - numbered.i) * {{ log_found }} as log_term
    from numbered
    inner join latest
        on numbered.i <= latest.wanted_requests
),

fewer as (
    select coalesce(sum(case when i < missed then exp(log_term) else 0.0 end), 0.0) as probability
    from terms
),

judged as (
    select
        latest.*,
        case
            when latest.found_requests = latest.wanted_requests then 1.0
            else 1.0 - exp(latest.wanted_requests * {{ log_found }}) - fewer.probability
        end as p_value
    from latest
    cross join fewer
)

select
    {{ dbt_llm.concat_text([
        dbt_llm.string_literal('recall '), dbt_llm._rounded_text('recall'), dbt_llm.string_literal(' ('), dbt_llm.text_of('found_requests'),
        dbt_llm.string_literal(' of '), dbt_llm.text_of('wanted_requests'), dbt_llm.string_literal(' wanted requests of the audit over '),
        dbt_llm.text_of('runs'), dbt_llm.string_literal(' runs; 95 % interval '), dbt_llm._rounded_text('recall_low'),
        dbt_llm.string_literal(' to '), dbt_llm._rounded_text('recall_high'), dbt_llm.string_literal(') of filter '), 'filter_version',
        dbt_llm.string_literal('; expected at least ' ~ recall ~ '. Train it again (docs/filter.md)'),
    ]) }} as message,
    filter_version,
    recall,
    wanted_requests,
    found_requests,
    p_value
from judged
where p_value < {{ significance }}
) as fallen
{%- endmacro -%}
