-- depends_on: {{ ref('enrich__table') }}
{{ dbt_llm.test_output_distribution_is_stable(ref('enrich__table'), column='has_pii') }}
