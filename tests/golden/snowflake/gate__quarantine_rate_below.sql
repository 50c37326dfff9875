select *
from GOLDEN.MAIN.enrich__table
where llm_status = 'quarantined'
    and (
        select count(case when llm_status = 'quarantined' then 1 end) > 0.01 * count(*)
        from GOLDEN.MAIN.enrich__table
        where llm_status in ('succeeded', 'quarantined')
    )
