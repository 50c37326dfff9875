with

scores as (
with

totals as (
    select
        candidate,
        llm_prompt_version,
        model_name,
        column_name,
        max(kind) as kind,
        sum(case when llm_status not in ('pending', 'unusable') then 1 else 0 end) as n,
        sum(case when is_correct then 1 else 0 end) as correct,
        avg(case when llm_status not in ('pending', 'unusable') and kind = 'array' then case when llm_status != 'succeeded' or answered is null then 0.0 when (expected_size + coalesce(answered_size, 0) - coalesce(common_size, 0)) = 0 then 1.0 else cast(common_size as double) / nullif((expected_size + coalesce(answered_size, 0) - coalesce(common_size, 0)), 0) end end) as mean_jaccard,
        sum(case when kind = 'array' and llm_status not in ('pending', 'unusable') then coalesce(common_size, 0) end) as common_size,
        sum(case when kind = 'array' and llm_status not in ('pending', 'unusable') then coalesce(answered_size, 0) end) as answered_size,
        sum(case when kind = 'array' and llm_status not in ('pending', 'unusable') then expected_size end) as expected_size,
        avg(abs(deviation)) as mean_absolute_error,
        sqrt(avg(deviation * deviation)) as root_mean_square_error,
        sum(case when llm_status = 'succeeded' and answered is null then 1 else 0 end) as null_count,
        sum(case when llm_status = 'quarantined' then 1 else 0 end) as quarantine_count,
        sum(case when llm_status = 'pending' then 1 else 0 end) as unanswered,
        sum(case when llm_status = 'unusable' then 1 else 0 end) as unusable_verdicts
    from "golden"."main"."golden__verdicts"
    group by candidate, llm_prompt_version, model_name, column_name
),

macro_scores as (
    select
        candidate,
        llm_prompt_version,
        model_name,
        column_name,
        avg(label_f1) as macro_f1
    from (
select
    candidate,
    llm_prompt_version,
    model_name,
    column_name,
    label,
    true_positives + false_negatives as support,
    true_positives,
    false_positives,
    false_negatives,
    cast(true_positives as double) / nullif((true_positives + false_positives), 0) as label_precision,
    cast(true_positives as double) / nullif((true_positives + false_negatives), 0) as label_recall,
    cast(2 * true_positives as double) / nullif((2 * true_positives + false_positives + false_negatives), 0) as label_f1
from (
    select
        candidate,
        llm_prompt_version,
        model_name,
        column_name,
        label,
        sum(is_expected * is_answered) as true_positives,
        sum((1 - is_expected) * is_answered) as false_positives,
        sum(is_expected * (1 - is_answered)) as false_negatives
    from (
select
    judged.candidate,
    judged.llm_prompt_version,
    judged.model_name,
    judged.column_name,
    labels.label,
    case when judged.expected_label = labels.label then 1 else 0 end as is_expected,
    case when judged.answered_label = labels.label then 1 else 0 end as is_answered
from (
    select
        candidate,
        llm_prompt_version,
        model_name,
        column_name,
        coalesce(expected, '<null>') as expected_label,
        case when llm_status = 'succeeded' then coalesce(answered, '<null>') end as answered_label
    from "golden"."main"."golden__verdicts"
    where kind = 'label' and llm_status != 'pending'
) as judged
inner join (
    select distinct
        candidate,
        llm_prompt_version,
        model_name,
        column_name,
        label
    from (
        select
            candidate,
            llm_prompt_version,
            model_name,
            column_name,
            coalesce(expected, '<null>') as label
        from "golden"."main"."golden__verdicts"
        where kind = 'label' and llm_status != 'pending'
        union all
        select
            candidate,
            llm_prompt_version,
            model_name,
            column_name,
            case when llm_status = 'succeeded' then coalesce(answered, '<null>') end as label
        from "golden"."main"."golden__verdicts"
        where kind = 'label' and llm_status != 'pending'
    ) as every_label
    where label is not null
) as labels
    on judged.candidate = labels.candidate
        and judged.llm_prompt_version = labels.llm_prompt_version
        and judged.model_name = labels.model_name
        and judged.column_name = labels.column_name
union all
select
    candidate,
    llm_prompt_version,
    model_name,
    column_name,
    'email' as label,
    case when len(list_filter(json_extract_string(try_cast(expected as json), '$[*]'), lambda element: element = 'email')) > 0 then 1 else 0 end as is_expected,
    case when len(list_filter(json_extract_string(try_cast(answered as json), '$[*]'), lambda element: element = 'email')) > 0 then 1 else 0 end as is_answered
from "golden"."main"."golden__verdicts"
where column_name = 'pii_types' and kind = 'array' and llm_status != 'pending'
    ) as judgements
    group by candidate, llm_prompt_version, model_name, column_name, label
) as label_counts
    ) as label_scores
    group by candidate, llm_prompt_version, model_name, column_name
)

select
    totals.candidate,
    totals.llm_prompt_version,
    totals.model_name,
    totals.column_name,
    totals.kind,
    totals.n,
    totals.correct,
    cast(totals.correct as double) / nullif(totals.n, 0) as accuracy,
    case when totals.n > 0 then greatest(0, ((cast(totals.correct as double) / nullif(totals.n, 0)) + 1.9207294103470627 / nullif(totals.n, 0) - 1.959963984540054 * sqrt(((cast(totals.correct as double) / nullif(totals.n, 0)) * (1 - (cast(totals.correct as double) / nullif(totals.n, 0))) + 0.9603647051735313 / nullif(totals.n, 0)) / nullif(totals.n, 0))) / (1 + 3.8414588206941254 / nullif(totals.n, 0))) end as accuracy_low,
    case when totals.n > 0 then least(1, ((cast(totals.correct as double) / nullif(totals.n, 0)) + 1.9207294103470627 / nullif(totals.n, 0) + 1.959963984540054 * sqrt(((cast(totals.correct as double) / nullif(totals.n, 0)) * (1 - (cast(totals.correct as double) / nullif(totals.n, 0))) + 0.9603647051735313 / nullif(totals.n, 0)) / nullif(totals.n, 0))) / (1 + 3.8414588206941254 / nullif(totals.n, 0))) end as accuracy_high,
    macro_scores.macro_f1,
    totals.mean_jaccard,
    cast(totals.common_size as double) / nullif(totals.answered_size, 0) as micro_precision,
    cast(totals.common_size as double) / nullif(totals.expected_size, 0) as micro_recall,
    cast(2 * totals.common_size as double) / nullif((totals.answered_size + totals.expected_size), 0) as micro_f1,
    totals.mean_absolute_error,
    totals.root_mean_square_error,
    cast(totals.null_count as double) / nullif(totals.n, 0) as null_share,
    cast(totals.quarantine_count as double) / nullif(totals.n, 0) as quarantine_share,
    totals.unanswered,
    totals.unusable_verdicts
from totals
left join macro_scores
    on totals.candidate = macro_scores.candidate
        and totals.llm_prompt_version = macro_scores.llm_prompt_version
        and totals.model_name = macro_scores.model_name
        and totals.column_name = macro_scores.column_name
),

paid as (
    select
        request_key,
        sum(cost_usd) as cost_usd
    from "golden"."main"."dbt_llm__responses"
    group by request_key
),

asked as (
    select distinct
        candidate,
        golden_key,
        llm_request_key
    from "golden"."main"."golden__verdicts"
    where llm_status != 'unusable'
),

costs as (
    select
        asked.candidate,
        1000 * avg(paid.cost_usd) as usd_per_1000_rows
    from asked
    inner join paid
        on asked.llm_request_key = paid.request_key
    group by asked.candidate
)

select
    scores.candidate,
    scores.llm_prompt_version,
    scores.model_name,
    scores.column_name,
    scores.kind,
    scores.n,
    scores.accuracy,
    scores.accuracy_low,
    scores.accuracy_high,
    scores.macro_f1,
    scores.micro_f1,
    scores.mean_absolute_error,
    scores.unanswered,
    scores.unusable_verdicts,
    costs.usd_per_1000_rows
from scores
left join costs
    on scores.candidate = costs.candidate
where scores.candidate in ('current', 'v2')
order by scores.column_name, case when scores.candidate = 'current' then 0 else 1 end, scores.candidate
