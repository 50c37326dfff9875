{{ config(enabled=target.name != 'duckdb') }}
select
    message_id,
    {{ dbt_llm.classify('body', ['billing', "can't tell"]) }} as topic
from {{ source('raw', 'messages') }}
