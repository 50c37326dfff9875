{{ dbt_llm.enrich(source('raw', 'messages')) }}
