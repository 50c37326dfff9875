{{ dbt_llm.test_no_pending(ref('enrich__table')) }}
