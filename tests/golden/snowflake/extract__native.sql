select
    message_id,
    to_json(ai_extract(
        text => cast(body as varchar),
        responseFormat => {'schema': {'type': 'object', 'properties': {'order_id': {'type': 'string', 'description': 'The number of the order'}, 'count': {'type': 'integer'}, 'kind': {'type': 'string'}}, 'description': 'The order, if it''s named'}}
    ):response) as order_json
from GOLDEN.main.messages
