select
    message_id,
    case try_variant_get(try_variant_get(try_parse_json(ai_query(
        'databricks-meta-llama-3-3-70b-instruct',
        'Which topic is it?
Labels: billing, can\'t tell
<text>'
            || cast(body as string)
            || '</text>',
        responseFormat => '{"type":"json_schema","json_schema":{"name":"response","schema":{"type":"object","properties":{"label":{"type":"string","enum":["billing","can\'t tell"]}},"required":["label"],"additionalProperties":false},"strict":true}}',
        failOnError => false
    ).result), '$["label"]', 'variant'), '$', 'string') when 'billing' then 'billing' when 'can\'t tell' then 'can\'t tell' end as topic
from `golden`.`main`.`messages`
