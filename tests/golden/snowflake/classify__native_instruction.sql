select
    message_id,
    cast(get(filter([cast(ai_classify(
        cast(body as varchar),
        ['billing', 'other'],
        {'task_description': 'What is it about?'}
    ):labels[0] as varchar)], label -> cast(label as varchar) in ('billing', 'other')), 0) as varchar) as topic
from GOLDEN.main.messages
