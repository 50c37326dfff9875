select
    message_id,
    ai.generate(
        'Translate to English: ' || body,
        endpoint => 'gemini-3.1-flash-lite',
        model_params => json '{"generation_config":{"temperature":0}}',
        connection_id => 'us.vertex_ai'
    ).result as english
from `golden`.`main`.`messages`
