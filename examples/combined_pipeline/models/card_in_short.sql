{{ config(materialized='incremental', unique_key='message_id') }}
{{ dbt_llm.enrich(ref('short_messages')) }}
