select
    message_id,
    get(transform(array(to_json(ai_query(
        'databricks-meta-llama-3-3-70b-instruct',
        'Translate to English: ' || body,
        modelParameters => named_struct('temperature', 0),
        failOnError => false
    ))), response -> case when nullif(coalesce(get_json_object(response, '$.errorMessage'), get_json_object(response, '$.errorStatus')), '') is null then coalesce(get_json_object(response, '$.result'), get_json_object(response, '$.response')) end), 0) as english
from `golden`.`main`.`messages`
