{{ config(enabled=target.name in ['databricks', 'snowflake']) }}
select
    message_id,
    {{ dbt_llm.classify('body', ['billing', 'other'], instruction='What is it about?') }} as topic
from {{ source('raw', 'messages') }}
