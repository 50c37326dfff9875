{{ dbt_llm._comparison_query(
    rows=ref('golden__verdicts'), responses=ref('dbt_llm', 'dbt_llm__responses'), array_labels={'pii_types': ['email']}, shown=['current', 'v2']
) }}
