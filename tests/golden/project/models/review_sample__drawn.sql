{{ dbt_llm._drawn_requests(
    relation=ref('enrich__table'), sample=ref('dbt_llm', 'dbt_llm__review_sample'), task='enrich__table', prompt='{Body} {channel?}',
    rates=dbt_llm._review_rates({'all': 0.01, 'quarantined': 1, 'low_confidence': {'column': 'confidence', 'below': 0.7, 'rate': 0.1}}),
    key=['message_id']
) }}
