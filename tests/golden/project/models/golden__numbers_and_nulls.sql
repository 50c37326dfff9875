{{ dbt_llm.golden(
    source('raw', 'golden_messages'), task='enrich__every_schema_construct', key=['message_id', 'channel'], columns=['score', 'due_on'],
    tolerance={'score': 0.1}
) }}
