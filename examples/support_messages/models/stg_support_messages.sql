select
    message_id,
    customer_id,
    channel,
    sent_at,
    -- A CSV cannot tell an empty text from NULL.
    case when body = '<empty>' then '' else body end as body
from {{ ref('support_messages') }}
