select i as message_id, 'chat' as channel, 'message ' || (i % 5) as body
from range(10) as t (i)
