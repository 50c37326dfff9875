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
union all
select
    candidate,
    llm_prompt_version,
    model_name,
    column_name,
    'phone' as label,
    case when len(list_filter(json_extract_string(try_cast(expected as json), '$[*]'), lambda element: element = 'phone')) > 0 then 1 else 0 end as is_expected,
    case when len(list_filter(json_extract_string(try_cast(answered as json), '$[*]'), lambda element: element = 'phone')) > 0 then 1 else 0 end as is_answered
from "golden"."main"."golden__verdicts"
where column_name = 'pii_types' and kind = 'array' and llm_status != 'pending'
    ) as judgements
    group by candidate, llm_prompt_version, model_name, column_name, label
) as label_counts
