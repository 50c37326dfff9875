{{ config(materialized='view', enabled=var('dbt_llm_actuals', false) is not false) }}
{{ dbt_llm.usage_actuals_query(dbt_llm._actuals_options()) }}
