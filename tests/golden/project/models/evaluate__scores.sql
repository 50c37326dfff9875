{{ dbt_llm._scores(rows=ref('golden__verdicts'), array_labels={'pii_types': ['email', 'phone']}) }}
