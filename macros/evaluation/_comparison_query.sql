{#
    A query: the scores of the shown candidates, and what 1,000 golden rows would cost by each at the price of those that were
    answered; NULL where no answer tells its cost.
#}
{%- macro _comparison_query(rows, responses, array_labels, shown) -%}
with

scores as (
{{ dbt_llm._scores(rows=rows, array_labels=array_labels) }}
),

paid as (
    select
        request_key,
        sum(cost_usd) as cost_usd
    from {{ responses }}
    group by request_key
),

asked as (
    select distinct
        candidate,
        golden_key,
        llm_request_key
    from {{ rows }}
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
where scores.candidate in ({{ dbt_llm._literal_list(shown) }})
order by scores.column_name, case when scores.candidate = 'current' then 0 else 1 end, scores.candidate
{%- endmacro -%}
