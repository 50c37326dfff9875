select
    message_id,
    {{ dbt_llm.classify('body', ['billing', "can't tell"], endpoint='fast', instruction='Which topic is it?') }} as topic
from {{ source('raw', 'messages') }}
