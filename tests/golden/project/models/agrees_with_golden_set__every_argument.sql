{{ dbt_llm._agreement_query(
    rows=ref('golden__verdicts'), column='pii_types', min_accuracy=0.92, min_f1={'email': 0.9, 'it\'s': 0.5},
    not_worse_than='0123456789ab', significance=0.05, worst=10, golden_name='golden__verdicts',
    evaluation_rows=ref('dbt_llm', 'dbt_llm__evaluation_rows')
) }}
