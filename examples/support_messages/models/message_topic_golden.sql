{{ config(materialized='table') }}
-- After the task, whose answers then cost nothing here.
-- depends_on: {{ ref('message_topic') }}
{{ dbt_llm.golden(ref('golden_messages'), task='message_topic', columns=['topic']) }}
