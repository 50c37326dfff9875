{# A query: the golden rows that a candidate lost and won against the task as it stands, and McNemar's two-sided mid-p. #}
{%- macro _candidate_pairs_query(rows, candidate, column) -%}
with

pairs as (
    select
        then_rows.golden_key,
        case when now_rows.is_correct then 1 else 0 end as right_now,
        case when then_rows.is_correct then 1 else 0 end as right_then
    from {{ rows }} as then_rows
    inner join {{ rows }} as now_rows
        on then_rows.golden_key = now_rows.golden_key
            and then_rows.golden_source = now_rows.golden_source
            and then_rows.column_name = now_rows.column_name
    where then_rows.candidate = 'current'
        and now_rows.candidate = {{ dbt_llm.string_literal(candidate) }}
        and then_rows.column_name = {{ dbt_llm.string_literal(column) }}
        and then_rows.llm_status not in ('pending', 'unusable')
        and now_rows.llm_status not in ('pending', 'unusable')
),

{{ dbt_llm._paired() }}

select
    worse,
    better,
    2 * least(p_worse, 1 - p_worse) as p_differs
from paired
{%- endmacro -%}
