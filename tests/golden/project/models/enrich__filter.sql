{{ dbt_llm.enrich(source('raw', 'embedded_messages')) }}
