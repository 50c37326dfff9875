-- depends_on: {{ ref('as_composite_key') }}
{{ config(materialized='table') }}
{{ dbt_llm.enrich(ref('ephemeral_messages')) }}
