select *
from `golden`.`main`.`enrich__table`
where (llm_status = 'pending' or llm_reason = 'previous_answer')
