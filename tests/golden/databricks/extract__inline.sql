select
    message_id,
    ai_query(
        'databricks-meta-llama-3-3-70b-instruct',
        'Extract the asked values from the text.
<text>'
            || cast(body as string)
            || '</text>',
        responseFormat => '{"type":"json_schema","json_schema":{"name":"response","schema":{"type":"object","properties":{"order_id":{"type":"string"}},"required":["order_id"],"additionalProperties":false},"strict":true}}',
        failOnError => false
    ).result as order_json
from `golden`.`main`.`messages`
