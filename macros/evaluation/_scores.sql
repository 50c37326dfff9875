{#
    A query: how each candidate did on each column. n counts the golden rows that have a final answer, those in quarantine too,
    which are wrong; what waits for an answer, and verdicts that cannot count, are counted beside.
#}
{%- macro _scores(rows, array_labels) -%}
    {%- set scored = dbt_llm._scored_columns() -%}
    {%- set same = [] -%}
    {%- for column in scored -%}
        {%- do same.append('totals.' ~ column ~ ' = macro_scores.' ~ column) -%}
    {%- endfor -%}
    {%- set is_counted = "llm_status not in ('pending', 'unusable')" -%}
    {%- set union_size = '(expected_size + coalesce(answered_size, 0) - coalesce(common_size, 0))' -%}
    {%- set jaccard = 'case when ' ~ is_counted ~ " and kind = 'array' then case when llm_status != 'succeeded' or answered is null then 0.0 when "
        ~ union_size ~ ' = 0 then 1.0 else ' ~ dbt_llm._quotient('common_size', union_size) ~ ' end end' -%}
with

totals as (
    select
        {{ scored | join(',\n        ') }},
        max(kind) as kind,
        sum(case when {{ is_counted }} then 1 else 0 end) as n,
        sum(case when is_correct then 1 else 0 end) as correct,
        avg({{ jaccard }}) as mean_jaccard,
        sum(case when kind = 'array' and {{ is_counted }} then coalesce(common_size, 0) end) as common_size,
        sum(case when kind = 'array' and {{ is_counted }} then coalesce(answered_size, 0) end) as answered_size,
        sum(case when kind = 'array' and {{ is_counted }} then expected_size end) as expected_size,
        avg(abs(deviation)) as mean_absolute_error,
        sqrt(avg(deviation * deviation)) as root_mean_square_error,
        sum(case when llm_status = 'succeeded' and answered is null then 1 else 0 end) as null_count,
        sum(case when llm_status = 'quarantined' then 1 else 0 end) as quarantine_count,
        sum(case when llm_status = 'pending' then 1 else 0 end) as unanswered,
        sum(case when llm_status = 'unusable' then 1 else 0 end) as unusable_verdicts
    from {{ rows }}
    group by {{ scored | join(', ') }}
),

macro_scores as (
    select
        {{ scored | join(',\n        ') }},
        avg(label_f1) as macro_f1
    from (
{{ dbt_llm._label_scores(rows=rows, array_labels=array_labels) }}
    ) as label_scores
    group by {{ scored | join(', ') }}
)

select
    {%- for column in scored %}
    totals.{{ column }},
    {%- endfor %}
    totals.kind,
    totals.n,
    totals.correct,
    {{ dbt_llm._quotient('totals.correct', 'totals.n') }} as accuracy,
    {{ dbt_llm._wilson('totals.correct', 'totals.n', 'low') }} as accuracy_low,
    {{ dbt_llm._wilson('totals.correct', 'totals.n', 'high') }} as accuracy_high,
    macro_scores.macro_f1,
    totals.mean_jaccard,
    {{ dbt_llm._quotient('totals.common_size', 'totals.answered_size') }} as micro_precision,
    {{ dbt_llm._quotient('totals.common_size', 'totals.expected_size') }} as micro_recall,
    {{ dbt_llm._quotient('2 * totals.common_size', '(totals.answered_size + totals.expected_size)') }} as micro_f1,
    totals.mean_absolute_error,
    totals.root_mean_square_error,
    {{ dbt_llm._quotient('totals.null_count', 'totals.n') }} as null_share,
    {{ dbt_llm._quotient('totals.quarantine_count', 'totals.n') }} as quarantine_share,
    totals.unanswered,
    totals.unusable_verdicts
from totals
left join macro_scores
    on {{ same | join('\n        and ') }}
{%- endmacro -%}
