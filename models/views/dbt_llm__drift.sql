{{ config(materialized='view') }}
{{ dbt_llm._drift_query(dbt_llm._read_by_view(ref('dbt_llm__output_distribution')), sigma=2, min_runs=5, window=20) }}
