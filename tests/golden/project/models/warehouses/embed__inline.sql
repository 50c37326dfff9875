{{ config(enabled=target.name != 'duckdb') }}
select
    message_id,
    {{ dbt_llm.embed('body', endpoint='vectors') }} as embedding
from {{ source('raw', 'messages') }}
