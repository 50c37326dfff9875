{{ config(materialized='view') }}
{{ dbt_llm._filter_recall(dbt_llm._read_by_view(ref('dbt_llm__filter_audit')), dbt_llm._read_by_view(ref('dbt_llm__filters'))) }}
