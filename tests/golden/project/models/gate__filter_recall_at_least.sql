-- depends_on: {{ ref('enrich__filter') }}
{{ dbt_llm.test_filter_recall_at_least(ref('enrich__filter')) }}
