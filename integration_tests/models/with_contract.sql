{{ config(materialized='incremental', unique_key='message_id', on_schema_change='append_new_columns') }}
{{ dbt_llm.enrich(ref('raw_messages')) }}
