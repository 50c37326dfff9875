select
    message_id,
    get(transform(array(to_json(ai_query(
        'databricks-meta-llama-3-3-70b-instruct',
        'Extract the asked values from the text.
<text>'
            || cast(body as string)
            || '</text>',
        responseFormat => '{"type":"json_schema","json_schema":{"name":"response","schema":{"type":"object","properties":{"order_id":{"type":"string"}},"required":["order_id"],"additionalProperties":false},"strict":true}}',
        failOnError => false
    ))), response -> case when nullif(coalesce(get_json_object(response, '$.errorMessage'), get_json_object(response, '$.errorStatus')), '') is null then coalesce(get_json_object(response, '$.result'), get_json_object(response, '$.response')) end), 0) as order_json
from `golden`.`main`.`messages`
