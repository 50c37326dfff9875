select
    message_id,
    get(filter(array(try_variant_get(try_variant_get(try_parse_json(get(transform(array(to_json(ai_query(
        'databricks-meta-llama-3-3-70b-instruct',
        'Which topic is it?
Labels: billing, can\'t tell
<text>'
            || cast(body as string)
            || '</text>',
        responseFormat => '{"type":"json_schema","json_schema":{"name":"response","schema":{"type":"object","properties":{"label":{"type":"string","enum":["billing","can\'t tell"]}},"required":["label"],"additionalProperties":false},"strict":true}}',
        failOnError => false
    ))), response -> case when nullif(coalesce(get_json_object(response, '$.errorMessage'), get_json_object(response, '$.errorStatus')), '') is null then coalesce(get_json_object(response, '$.result'), get_json_object(response, '$.response')) end), 0)), '$["label"]', 'variant'), '$', 'string')), label -> label in ('billing', 'can\'t tell')), 0) as topic
from `golden`.`main`.`messages`
