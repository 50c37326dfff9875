select *
from `golden`.`main`.`dbt_llm__review_sample`
where request_key = '01fe'
    and task = 'pii_risk'
    and ((unix_timestamp(current_timestamp()) - unix_timestamp(coalesce(responded_at, sampled_at))) / 3600) > 2160
