-- depends_on: `golden`.`main`.`enrich__table`
with

task_runs as (
    select
        invocation_id,
        cast(started_at as date) as started_on,
        calls,
        cost_usd,
        row_number() over (order by started_at desc, invocation_id desc) as newest_first,
        max(cast(started_at as date)) over () as latest_day
    from `golden`.`main`.`dbt_llm__runs`
    where task = 'enrich__table'
),

spent as (
    select
        count(*) as runs,
        count(case when calls > 0 and cost_usd is null then 1 end) as unpriced_runs,
        coalesce(sum(cast(cost_usd as float64)), 0) as cost_usd
    from task_runs
    where started_on = latest_day
)

select
    'enrich__table' as task,
    'day' as per,
    runs,
    unpriced_runs,
    cost_usd,
    cast(20 as float64) as max_usd,
    'enrich__table: its latest day cost '
            || cast(round(cost_usd, 6) as string)
            || ' USD, of which at most 20 was to be paid'
            || case when unpriced_runs > 0 then ', and what '
            || cast(unpriced_runs as string)
            || ' runs cost is not known, as the endpoint has no prices' else '' end as message
from spent
where cost_usd > 20
    or unpriced_runs > 0
