{{ dbt_llm.test_response_matches_schema(ref('enrich__every_schema_construct')) }}
