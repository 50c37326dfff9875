select *
from GOLDEN.MAIN.enrich__table
where (llm_status = 'pending' or llm_reason = 'previous_answer')
