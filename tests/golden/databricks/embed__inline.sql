select
    message_id,
    from_json(get(transform(array(to_json(ai_query(
        'databricks-gte-large-en',
        cast(body as string),
        failOnError => false
    ))), response -> case when nullif(coalesce(get_json_object(response, '$.errorMessage'), get_json_object(response, '$.errorStatus')), '') is null then coalesce(get_json_object(response, '$.result'), get_json_object(response, '$.response')) end), 0), 'array<float>') as embedding
from `golden`.`main`.`messages`
