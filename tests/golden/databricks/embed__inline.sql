select
    message_id,
    ai_query(
        'databricks-gte-large-en',
        cast(body as string),
        failOnError => false
    ).result as embedding
from `golden`.`main`.`messages`
