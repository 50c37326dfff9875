{{ config(meta={'dbt_llm_mode': var('dbt_llm_mode', 'live'), 'dbt_llm_budgets': var('dbt_llm_budgets', {})}) }}
-- Built after the tables below, so that a task, which refs only this one, finds all of them.
-- depends_on: {{ ref('dbt_llm__runs') }}
-- depends_on: {{ ref('dbt_llm__quarantine') }}
-- depends_on: {{ ref('dbt_llm__embeddings') }}
-- depends_on: {{ ref('dbt_llm__batches') }}
-- depends_on: {{ ref('dbt_llm__batch_requests') }}
-- depends_on: {{ ref('dbt_llm__review_sample') }}
-- depends_on: {{ ref('dbt_llm__output_distribution') }}
-- depends_on: {{ ref('dbt_llm__reservations') }}
-- depends_on: {{ ref('dbt_llm__claims') }}
{{ dbt_llm._package_table() }}
