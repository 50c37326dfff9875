select
    message_id,
    ai_embed('snowflake-arctic-embed-l-v2.0', cast(body as varchar)) as embedding
from GOLDEN.main.messages
