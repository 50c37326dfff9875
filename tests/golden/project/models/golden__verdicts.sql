{{ dbt_llm.golden(
    source('raw', 'golden_messages'), task='enrich__table', key='message_id', columns=['has_pii', 'pii_types'],
    verdicts=source('raw', 'verdicts')
) }}
