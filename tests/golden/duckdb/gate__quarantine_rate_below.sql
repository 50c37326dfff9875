select *
from "golden"."main"."enrich__table"
where llm_status = 'quarantined'
    and (
        select count(case when llm_status = 'quarantined' then 1 end) > 0.01 * count(*)
        from "golden"."main"."enrich__table"
        where llm_status in ('succeeded', 'quarantined')
    )
