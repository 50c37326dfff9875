{{ dbt_llm._confusion_matrix(rows=ref('golden__verdicts')) }}
