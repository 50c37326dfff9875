-- The easy cases: little to read, and people write the same short things again and again.
select
    message_id,
    body
from {{ ref('stg_messages') }}
where length(body) < 80
