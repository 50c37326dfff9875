select
    message_id,
    get(filter(array(try_variant_get(
        ai_classify(
            cast(body as string),
            '["billing","other"]',
            map('version', '2.0', 'instructions', 'What is it about?')
        ),
        '$.response[0]', 'string'
    )), label -> label in ('billing', 'other')), 0) as topic
from `golden`.`main`.`messages`
