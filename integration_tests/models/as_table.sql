{{ config(materialized='table') }}
{{ dbt_llm.enrich(ref('ephemeral_messages')) }}
