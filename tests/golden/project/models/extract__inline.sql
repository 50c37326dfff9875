select
    message_id,
    {{ dbt_llm.extract('body', {'order_id': {'type': 'string'}}, endpoint='fast') }} as order_json
from {{ source('raw', 'messages') }}
