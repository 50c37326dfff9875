select
    message_id,
    (select label from unnest([json_value(json_query(safe.parse_json(ai.generate(
        'Which topic is it?\nLabels: billing, can\'t tell\n<text>'
            || cast(body as string)
            || '</text>',
        endpoint => 'gemini-3.1-flash-lite',
        model_params => json '{"generation_config":{"response_mime_type":"application/json","response_schema":{"type":"object","properties":{"label":{"type":"string","enum":["billing","can\'t tell"]}},"required":["label"],"propertyOrdering":["label"]}}}',
        connection_id => 'us.vertex_ai'
    ).result, wide_number_mode => 'round'), '$."label"'))]) as label where label in ('billing', 'can\'t tell')) as topic
from `golden`.`main`.`messages`
