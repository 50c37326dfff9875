select
    message_id,
    case cast(ai_classify(
        cast(body as varchar),
        ['billing', 'can''t tell']
    ):labels[0] as varchar) when 'billing' then 'billing' when 'can''t tell' then 'can''t tell' end as topic
from GOLDEN.main.messages
