-- depends_on: {{ ref('as_incremental') }}
{{ config(materialized='incremental', unique_key=['message_id', 'channel'], incremental_strategy='merge') }}
{{ dbt_llm.enrich(ref('raw_messages')) }}
