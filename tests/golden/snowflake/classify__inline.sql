select
    message_id,
    cast(get(filter([cast(get(try_parse_json(to_json(ai_complete(
        model => 'llama3.3-70b',
        prompt => 'Which topic is it?
Labels: billing, can''t tell
<text>'
            || cast(body as varchar)
            || '</text>',
        model_parameters => {},
        response_format => {'type': 'json', 'schema': {'type': 'object', 'properties': {'label': {'type': 'string', 'enum': ['billing', 'can''t tell']}}, 'required': ['label'], 'additionalProperties': false}},
        show_details => true,
        return_error_details => true
    ):value:structured_output[0]:raw_message)), 'label') as varchar)], label -> cast(label as varchar) in ('billing', 'can''t tell')), 0) as varchar) as topic
from GOLDEN.main.messages
