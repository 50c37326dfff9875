select
    message_id,
    (select label from unnest([ai.classify(cast(body as string), categories => ['billing', 'can\'t tell'])]) as label where label in ('billing', 'can\'t tell')) as topic
from `golden`.`main`.`messages`
