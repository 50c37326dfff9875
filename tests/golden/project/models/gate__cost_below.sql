-- depends_on: {{ ref('enrich__table') }}
{{ dbt_llm.test_cost_below(ref('enrich__table'), usd=20, per='day') }}
