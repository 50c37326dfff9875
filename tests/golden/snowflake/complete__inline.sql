select
    message_id,
    cast(ai_complete(
        model => 'llama3.3-70b',
        prompt => 'Translate to English: ' || body,
        model_parameters => {'temperature': 0},
        show_details => true,
        return_error_details => true
    ):value:choices[0]:messages as varchar) as english
from GOLDEN.main.messages
