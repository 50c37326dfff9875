{{ config(materialized='table') }}
-- After the task, whose answers then cost nothing here.
-- depends_on: {{ ref('pii_risk') }}
{{ dbt_llm.golden(ref('golden_messages'), task='pii_risk', columns=['has_pii', 'pii_types']) }}
