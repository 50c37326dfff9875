select
    'valid' as stream,
    message_id
from (
    select * /* dbt_llm: the rows of a task */
    from `golden`.`main`.`enrich__table`
    where llm_status = 'succeeded'
) as valid_rows
union all
select
    'quarantined' as stream,
    message_id
from (
    select *
    from `golden`.`main`.`enrich__table`
    where llm_status = 'quarantined'
) as quarantined_rows
