{{ config(enabled=target.name == 'bigquery') }}
{{ dbt_llm.usage_actuals_query({'usd_per_tib': 6.25, 'billing_export': 'golden.billing.gcp_billing_export_v1_0'}) }}
