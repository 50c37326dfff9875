select
    message_id,
    {{ dbt_llm.complete("'Translate to English: ' || body", endpoint='fast', model_parameters={'temperature': 0}) }} as english
from {{ source('raw', 'messages') }}
