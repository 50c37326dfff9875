-- depends_on: `golden`.`main`.`enrich__table`
with

estimated as (
    select
        invocation_id,
        sum(estimated_cost_usd) as cost_usd
    from `golden`.`main`.`dbt_llm__responses`
    where task = 'enrich__table'
        and cost_usd is null
    group by invocation_id
),

task_runs as (
    select
        runs.invocation_id,
        cast(runs.started_at as date) as started_on,
        runs.calls,
        coalesce(runs.cost_usd, estimated.cost_usd) as cost_usd,
        case when runs.cost_usd is null and estimated.cost_usd > 0 then 1 else 0 end as is_estimated,
        row_number() over (order by runs.started_at desc, runs.invocation_id desc) as newest_first,
        max(cast(runs.started_at as date)) over () as latest_day
    from `golden`.`main`.`dbt_llm__runs` as runs
    left join estimated on runs.invocation_id = estimated.invocation_id
    where runs.task = 'enrich__table'
),

spent as (
    select
        count(*) as runs,
        count(case when calls > 0 and cost_usd is null then 1 end) as unpriced_runs,
        coalesce(max(is_estimated), 0) as is_estimated,
        coalesce(sum(cast(cost_usd as double)), 0) as cost_usd
    from task_runs
    where started_on = latest_day
)

select
    'enrich__table' as task,
    'day' as per,
    runs,
    unpriced_runs,
    cost_usd,
    cast(20 as double) as max_usd,
    'enrich__table: its latest day cost '
            || cast(round(cost_usd, 6) as string)
            || ' USD, of which at most 20 was to be paid'
            || case when is_estimated = 1 then ' (partly an estimate, as the platform tells no tokens)' else '' end
            || case when unpriced_runs > 0 then ', and what '
            || cast(unpriced_runs as string)
            || ' runs cost is not known, as the endpoint has no prices or no request was answered' else '' end as message
from spent
where cost_usd > 20
    or unpriced_runs > 0
