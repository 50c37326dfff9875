{{ dbt_llm._confusion(rows=ref('golden__verdicts')) }}
