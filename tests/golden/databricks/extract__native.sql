select
    message_id,
    to_json(try_variant_get(
        ai_extract(
            cast(body as string),
            '{"order_id":{"type":"string","description":"The number of the order"},"count":{"type":"integer"},"kind":{"type":"string"}}',
            map('version', '2.1', 'instructions', 'The order, if it\'s named')
        ),
        '$.response', 'variant'
    )) as order_json
from `golden`.`main`.`messages`
