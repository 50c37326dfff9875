{{ dbt_llm.filter_rows(ref('enrich__filter'), source('raw', 'embedded_messages'), golden=source('raw', 'golden_messages')) }}
