with

judged as (
    select *
    from "golden"."main"."golden__verdicts"
    where candidate = 'current'
        and column_name = 'pii_types'
        and llm_status != 'unusable'
),

totals as (
    select
        count(*) as row_count,
        cast(coalesce(sum(case when llm_status = 'pending' then 1 else 0 end), 0) as bigint) as unanswered,
        cast(coalesce(sum(case when is_correct then 1 else 0 end), 0) as bigint) as correct,
        cast(coalesce(sum(case when llm_status != 'pending' then 1 else 0 end), 0) as bigint) as n
    from judged
),

label_1 as (
    select
        sum(case when is_expected and is_answered then 1 else 0 end) as hits,
        sum(case when is_expected then 1 else 0 end) + sum(case when is_answered then 1 else 0 end) as sides
    from (
        select
            coalesce(case when kind = 'array' then len(list_filter(json_extract_string(try_cast(expected as json), '$[*]'), lambda element: element = 'email')) > 0 else expected = 'email' end, false) as is_expected,
            coalesce(case when kind = 'array' then len(list_filter(json_extract_string(try_cast(answered as json), '$[*]'), lambda element: element = 'email')) > 0 else answered = 'email' end, false) as is_answered
        from judged
        where llm_status != 'pending'
    ) as label_rows
),

label_2 as (
    select
        sum(case when is_expected and is_answered then 1 else 0 end) as hits,
        sum(case when is_expected then 1 else 0 end) + sum(case when is_answered then 1 else 0 end) as sides
    from (
        select
            coalesce(case when kind = 'array' then len(list_filter(json_extract_string(try_cast(expected as json), '$[*]'), lambda element: element = 'it''s')) > 0 else expected = 'it''s' end, false) as is_expected,
            coalesce(case when kind = 'array' then len(list_filter(json_extract_string(try_cast(answered as json), '$[*]'), lambda element: element = 'it''s')) > 0 else answered = 'it''s' end, false) as is_answered
        from judged
        where llm_status != 'pending'
    ) as label_rows
),

accepted as (
select *
from (
    select
        *,
        row_number() over (
            partition by prompt_version, model_name, golden_key, column_name
            order by evaluated_at desc
        ) as newest_first
    from "golden"."main"."dbt_llm__evaluation_rows"
    where golden = 'golden__verdicts'
) as every_result
where newest_first = 1
),

accepted_versions as (
    select
        model_name,
        row_number() over (order by max(evaluated_at) desc, model_name asc) as newest_first
    from accepted
    where prompt_version = '0123456789ab'
        and column_name = 'pii_types'
    group by model_name
),

pairs as (
    select
        judged.golden_key,
        case when judged.is_correct then 1 else 0 end as right_now,
        case when accepted.is_correct then 1 else 0 end as right_then
    from judged
    inner join accepted
        on judged.golden_key = accepted.golden_key
            and judged.column_name = accepted.column_name
            and coalesce(judged.expected, '') = coalesce(accepted.expected, '')
    inner join accepted_versions
        on accepted.model_name = accepted_versions.model_name
            and accepted_versions.newest_first = 1
    where accepted.prompt_version = '0123456789ab'
        and judged.llm_status != 'pending'
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
),

violations as (
    select 'no golden row has an expected value of this column; run: dbt build --select golden__verdicts' as violation
    from totals
    where row_count = 0
    union all
    select
        cast(unanswered as varchar)
            || ' of '
            || cast(row_count as varchar)
            || ' golden rows have no answer; run: dbt build --select golden__verdicts' as violation
    from totals
    where unanswered > 0
    union all
    select
        'accuracy '
            || cast(round(cast(correct as double) / nullif(n, 0), 4) as varchar)
            || ' ('
            || cast(correct as varchar)
            || ' of '
            || cast(n as varchar)
            || ' right; 95 % interval '
            || cast(round(case when n > 0 then greatest(0, ((cast(correct as double) / nullif(n, 0)) + 1.9207294103470627 / nullif(n, 0) - 1.959963984540054 * sqrt(((cast(correct as double) / nullif(n, 0)) * (1 - (cast(correct as double) / nullif(n, 0))) + 0.9603647051735313 / nullif(n, 0)) / nullif(n, 0))) / (1 + 3.8414588206941254 / nullif(n, 0))) end, 4) as varchar)
            || ' to '
            || cast(round(case when n > 0 then least(1, ((cast(correct as double) / nullif(n, 0)) + 1.9207294103470627 / nullif(n, 0) + 1.959963984540054 * sqrt(((cast(correct as double) / nullif(n, 0)) * (1 - (cast(correct as double) / nullif(n, 0))) + 0.9603647051735313 / nullif(n, 0)) / nullif(n, 0))) / (1 + 3.8414588206941254 / nullif(n, 0))) end, 4) as varchar)
            || '); expected at least 0.92' as violation
    from totals
    where n > 0 and cast(correct as double) / nullif(n, 0) < 0.92
    union all
    select
        'F1 of ''email'' '
            || coalesce(cast(round(cast(2 * hits as double) / nullif(sides, 0), 4) as varchar), 'not known, for it is neither expected nor answered')
            || '; expected at least 0.9' as violation
    from label_1
    where coalesce(cast(2 * hits as double) / nullif(sides, 0), -1) < 0.9
    union all
    select
        'F1 of ''it''s'' '
            || coalesce(cast(round(cast(2 * hits as double) / nullif(sides, 0), 4) as varchar), 'not known, for it is neither expected nor answered')
            || '; expected at least 0.5' as violation
    from label_2
    where coalesce(cast(2 * hits as double) / nullif(sides, 0), -1) < 0.5
    union all
    select
        'worse than prompt version 0123456789ab on the same golden rows: '
            || cast(worse as varchar)
            || ' rows lost, '
            || cast(better as varchar)
            || ' won, McNemar mid-p '
            || cast(round(p_worse, 4) as varchar)
            || '; expected at least 0.05' as violation
    from paired
    where n > 0 and p_worse < 0.05
    union all
    select 'there are no results of prompt version 0123456789ab on these golden rows to be held against' as violation
    from paired
    where n = 0
),

wrong as (
    select
        golden_key,
        expected,
        coalesce(answered, '<'
            || llm_status
            || '>') as answered,
        llm_reason,
        case
            when llm_status != 'succeeded' then 1
            when kind = 'array' then 1 - cast(common_size as double) / nullif((expected_size + answered_size - common_size), 0)
            else coalesce(abs(deviation), 1)
        end as distance
    from judged
    where not coalesce(is_correct, false)
        and (select count(*) from violations) > 0
),

worst as (
    select
        *,
        row_number() over (order by distance desc, golden_key asc) as place
    from wrong
)

select
    0 as place,
    violation,
    cast(null as varchar) as golden_key,
    cast(null as varchar) as expected,
    cast(null as varchar) as answered,
    cast(null as varchar) as reason
from violations
union all
select
    place,
    'wrong' as violation,
    golden_key,
    expected,
    answered,
    llm_reason as reason
from worst
where place <= 10
