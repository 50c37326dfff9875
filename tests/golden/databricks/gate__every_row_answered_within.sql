select *
from `golden`.`main`.`enrich__every_schema_construct`
where (llm_status = 'pending' or llm_reason = 'previous_answer')
    and (`seen_at` is null or ((unix_timestamp(current_timestamp()) - unix_timestamp(`seen_at`)) / 3600) > 24)
