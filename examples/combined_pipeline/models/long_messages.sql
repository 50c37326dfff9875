select
    message_id,
    body
from {{ ref('stg_messages') }}
where length(body) >= 80
