select
    message_id,
    case try_variant_get(
        ai_classify(
            cast(body as string),
            '["billing","other"]',
            map('version', '2.0', 'instructions', 'What is it about?')
        ),
        '$.response[0]', 'string'
    ) when 'billing' then 'billing' when 'other' then 'other' end as topic
from `golden`.`main`.`messages`
