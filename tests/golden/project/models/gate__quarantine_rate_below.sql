{{ dbt_llm.test_quarantine_rate_below(ref('enrich__table'), max=0.01) }}
