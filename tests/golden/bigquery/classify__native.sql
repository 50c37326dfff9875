select
    message_id,
    case ai.classify(cast(body as string), categories => ['billing', 'can\'t tell']) when 'billing' then 'billing' when 'can\'t tell' then 'can\'t tell' end as topic
from `golden`.`main`.`messages`
