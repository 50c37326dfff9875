select
    message_id,
    get(filter(array(try_variant_get(
        ai_classify(
            cast(body as string),
            '["billing","can\'t tell"]',
            map('version', '2.0')
        ),
        '$.response[0]', 'string'
    )), label -> label in ('billing', 'can\'t tell')), 0) as topic
from `golden`.`main`.`messages`
