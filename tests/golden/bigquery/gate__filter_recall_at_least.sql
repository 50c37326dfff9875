-- depends_on: `golden`.`main`.`enrich__filter`
select *
from (
with

recalls as (
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
        and task = 'enrich__filter'
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
    where runs.newest_first <= 30
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
            from `golden`.`main`.`dbt_llm__filters`
            where task = 'enrich__filter'
        )
),

numbered as (
    select row_number() over (order by audited.request_key) as i
    from `golden`.`main`.`dbt_llm__filter_audit` as audited
    inner join latest
        on audited.filter_version = latest.filter_version
    where audited.task = 'enrich__filter'
        and audited.is_wanted
),

terms as (
    select
        numbered.i,
        latest.wanted_requests - latest.found_requests as missed,
        sum(ln(cast(latest.wanted_requests - numbered.i + 1 as float64) / numbered.i)) over (order by numbered.i)
            + numbered.i * ln(1 - cast(0.95 as float64))
            + (latest.wanted_requests - numbered.i) * ln(cast(0.95 as float64)) as log_term
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
            else 1.0 - exp(latest.wanted_requests * ln(cast(0.95 as float64))) - fewer.probability
        end as p_value
    from latest
    cross join fewer
)

select
    'recall '
            || cast(round(recall, 4) as string)
            || ' ('
            || cast(found_requests as string)
            || ' of '
            || cast(wanted_requests as string)
            || ' wanted requests of the audit over '
            || cast(runs as string)
            || ' runs; 95 % interval '
            || cast(round(recall_low, 4) as string)
            || ' to '
            || cast(round(recall_high, 4) as string)
            || ') of filter '
            || filter_version
            || '; expected at least 0.95. Train it again (docs/filter.md)' as message,
    filter_version,
    recall,
    wanted_requests,
    found_requests,
    p_value
from judged
where p_value < 0.05
) as fallen
