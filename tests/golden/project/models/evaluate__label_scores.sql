{{ dbt_llm._label_scores(rows=ref('golden__verdicts'), array_labels={'pii_types': ['email', 'phone']}) }}
