select
    message_id,
    ai.generate(
        'Extract the asked values from the text.\n<text>'
            || cast(body as string)
            || '</text>',
        endpoint => 'gemini-3.1-flash-lite',
        model_params => json '{"generation_config":{"response_mime_type":"application/json","response_schema":{"type":"object","properties":{"order_id":{"type":"string"}},"required":["order_id"],"propertyOrdering":["order_id"]}}}',
        connection_id => 'us.vertex_ai'
    ).result as order_json
from `golden`.`main`.`messages`
