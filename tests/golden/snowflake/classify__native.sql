select
    message_id,
    cast(get(filter([cast(ai_classify(
        cast(body as varchar),
        ['billing', 'can''t tell']
    ):labels[0] as varchar)], label -> cast(label as varchar) in ('billing', 'can''t tell')), 0) as varchar) as topic
from GOLDEN.main.messages
