with

answered as (
    select
        count(*) as answered_rows,
        count(case when llm_status = 'quarantined' then 1 end) as quarantined_rows
    from "golden"."main"."enrich__table"
    where llm_status in ('succeeded', 'quarantined')
)

select *
from "golden"."main"."enrich__table"
where llm_status = 'quarantined'
    and (select quarantined_rows > 0.01 * answered_rows from answered)
