select
    message_id,
    case cast(get(try_parse_json(to_json(ai_complete(
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
    ):value:structured_output[0]:raw_message)), 'label') as varchar) when 'billing' then 'billing' when 'can''t tell' then 'can''t tell' end as topic
from GOLDEN.main.messages
