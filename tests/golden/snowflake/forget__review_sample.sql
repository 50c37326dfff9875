select *
from GOLDEN.MAIN.dbt_llm__review_sample
where request_key = '01fe'
    and task = 'pii_risk'
    and ((date_part(epoch_second, sysdate()) - date_part(epoch_second, coalesce(responded_at, sampled_at))) / 3600) > 2160
