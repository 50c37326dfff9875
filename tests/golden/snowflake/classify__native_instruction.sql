select
    message_id,
    case cast(ai_classify(
        cast(body as varchar),
        ['billing', 'other'],
        {'task_description': 'What is it about?'}
    ):labels[0] as varchar) when 'billing' then 'billing' when 'other' then 'other' end as topic
from GOLDEN.main.messages
