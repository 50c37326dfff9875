select
    candidate,
    llm_prompt_version,
    model_name,
    column_name,
    expected_label,
    answered_label,
    count(*) as n
from (
    select
        candidate,
        llm_prompt_version,
        model_name,
        column_name,
        coalesce(expected, '<null>') as expected_label,
        case
            when llm_status != 'succeeded' then '<'
            || llm_status
            || '>'
            when answered is null then '<null>'
            else answered
        end as answered_label
    from "golden"."main"."golden__verdicts"
    where kind = 'label' and llm_status != 'pending'
) as labelled
group by candidate, llm_prompt_version, model_name, column_name, expected_label, answered_label
