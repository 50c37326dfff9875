select
    message_id,
    body
from {{ source('made', 'messages') }}
