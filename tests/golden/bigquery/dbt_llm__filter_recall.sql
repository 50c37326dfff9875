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
    from `golden`.`main`.`dbt_llm__filters`
    where threshold is not null
    group by filter_version, task
),

runs as (
    select
        task,
        filter_version,
        invocation_id,
        row_number() over (partition by task, filter_version order by max(audited_at) desc, invocation_id asc) as newest_first
    from `golden`.`main`.`dbt_llm__filter_audit`
    group by task, filter_version, invocation_id
),

pooled as (
    select
        audited.task,
        audited.filter_version,
        cast(count(distinct audited.invocation_id) as int64) as runs,
        cast(count(*) as int64) as audited_requests,
        cast(sum(case when audited.is_passed then 1 else 0 end) as int64) as passed_requests,
        cast(sum(case when audited.is_wanted then 1 else 0 end) as int64) as wanted_requests,
        cast(sum(case when audited.is_wanted and audited.is_passed then 1 else 0 end) as int64) as found_requests
    from `golden`.`main`.`dbt_llm__filter_audit` as audited
    inner join runs
        on audited.task = runs.task
        and audited.filter_version = runs.filter_version
        and audited.invocation_id = runs.invocation_id
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
    cast(pooled.found_requests as float64) / nullif(pooled.wanted_requests, 0) as recall,
    case when pooled.wanted_requests > 0 then greatest(0, ((cast(pooled.found_requests as float64) / nullif(pooled.wanted_requests, 0)) + 1.9207294103470627 / nullif(pooled.wanted_requests, 0) - 1.959963984540054 * sqrt(((cast(pooled.found_requests as float64) / nullif(pooled.wanted_requests, 0)) * (1 - (cast(pooled.found_requests as float64) / nullif(pooled.wanted_requests, 0))) + 0.9603647051735313 / nullif(pooled.wanted_requests, 0)) / nullif(pooled.wanted_requests, 0))) / (1 + 3.8414588206941254 / nullif(pooled.wanted_requests, 0))) end as recall_low,
    case when pooled.wanted_requests > 0 then least(1, ((cast(pooled.found_requests as float64) / nullif(pooled.wanted_requests, 0)) + 1.9207294103470627 / nullif(pooled.wanted_requests, 0) + 1.959963984540054 * sqrt(((cast(pooled.found_requests as float64) / nullif(pooled.wanted_requests, 0)) * (1 - (cast(pooled.found_requests as float64) / nullif(pooled.wanted_requests, 0))) + 0.9603647051735313 / nullif(pooled.wanted_requests, 0)) / nullif(pooled.wanted_requests, 0))) / (1 + 3.8414588206941254 / nullif(pooled.wanted_requests, 0))) end as recall_high
from filters
left join pooled
    on filters.task = pooled.task
    and filters.filter_version = pooled.filter_version
