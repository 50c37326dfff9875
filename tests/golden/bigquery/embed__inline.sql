select
    message_id,
    ai.embed(
        cast(body as string),
        endpoint => 'text-embedding-005',
        connection_id => 'us.vertex_ai'
    ).result as embedding
from `golden`.`main`.`messages`
