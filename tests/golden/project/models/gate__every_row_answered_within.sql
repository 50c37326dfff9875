{{ dbt_llm.test_every_row_answered_within(ref('enrich__every_schema_construct'), column='seen_at', hours=24) }}
