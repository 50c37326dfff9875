with

pairs as (
    select
        then_rows.golden_key,
        case when now_rows.is_correct then 1 else 0 end as right_now,
        case when then_rows.is_correct then 1 else 0 end as right_then
    from `golden`.`main`.`golden__verdicts` as then_rows
    inner join `golden`.`main`.`golden__verdicts` as now_rows
        on then_rows.golden_key = now_rows.golden_key
            and then_rows.golden_source = now_rows.golden_source
            and then_rows.column_name = now_rows.column_name
    where then_rows.candidate = 'current'
        and now_rows.candidate = 'v2'
        and then_rows.column_name = 'has_pii'
        and then_rows.llm_status not in ('pending', 'unusable')
        and now_rows.llm_status not in ('pending', 'unusable')
),

discordant as (
    select
        cast(coalesce(sum(right_then * (1 - right_now)), 0) as bigint) as worse,
        cast(coalesce(sum(right_now * (1 - right_then)), 0) as bigint) as better,
        count(*) as n
    from pairs
),

numbered as (
    select row_number() over (order by golden_key) as i
    from pairs
),

log_terms as (
    select
        numbered.i,
        discordant.better,
        (discordant.worse + discordant.better) * 0.6931471805599453 as log_all,
        sum(ln(cast(discordant.worse + discordant.better - numbered.i + 1 as double) / numbered.i)) over (order by numbered.i) as log_ways
    from numbered
    inner join discordant on numbered.i <= discordant.better
),

tail as (
    select coalesce(sum(exp(log_ways - log_all) * case when i = better then 0.5 else 1.0 end), 0.0) as probability
    from log_terms
),

paired as (
    select
        discordant.worse,
        discordant.better,
        discordant.n,
        exp(-0.6931471805599453 * (discordant.worse + discordant.better)) * case when discordant.better = 0 then 0.5 else 1.0 end
            + tail.probability as p_worse
    from discordant
    cross join tail
)

select
    worse,
    better,
    2 * least(p_worse, 1 - p_worse) as p_differs
from paired
