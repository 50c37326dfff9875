select
    message_id,
    to_json(ai_complete(
        model => 'llama3.3-70b',
        prompt => 'Extract the asked values from the text.
<text>'
            || cast(body as varchar)
            || '</text>',
        model_parameters => {},
        response_format => {'type': 'json', 'schema': {'type': 'object', 'properties': {'order_id': {'type': 'string'}}, 'required': ['order_id'], 'additionalProperties': false}},
        show_details => true,
        return_error_details => true
    ):value:structured_output[0]:raw_message) as order_json
from GOLDEN.main.messages
