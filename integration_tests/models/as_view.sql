-- depends_on: {{ ref('as_table') }}
{{ config(materialized='view') }}
{{ dbt_llm.enrich(ref('raw_messages')) }}
