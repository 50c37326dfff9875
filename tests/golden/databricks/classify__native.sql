select
    message_id,
    case try_variant_get(
        ai_classify(
            cast(body as string),
            '["billing","can\'t tell"]',
            map('version', '2.0')
        ),
        '$.response[0]', 'string'
    ) when 'billing' then 'billing' when 'can\'t tell' then 'can\'t tell' end as topic
from `golden`.`main`.`messages`
