select *
from GOLDEN.MAIN.enrich__every_schema_construct
where (llm_status = 'pending' or llm_reason = 'previous_answer')
    and ("SEEN_AT" is null or ((date_part(epoch_second, sysdate()) - date_part(epoch_second, "SEEN_AT")) / 3600) > 24)
