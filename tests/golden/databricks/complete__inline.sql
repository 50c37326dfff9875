select
    message_id,
    ai_query(
        'databricks-meta-llama-3-3-70b-instruct',
        'Translate to English: ' || body,
        modelParameters => named_struct('temperature', 0),
        failOnError => false
    ).result as english
from `golden`.`main`.`messages`
