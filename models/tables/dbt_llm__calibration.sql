{{ config(enabled=var('dbt_llm_calibrate', none) is not none, post_hook='{{ dbt_llm._calibrate() }}') }}
{{ dbt_llm._package_table() }}
