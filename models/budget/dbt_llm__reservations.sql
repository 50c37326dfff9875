{{ dbt_llm._empty_table({
    'task': dbt.type_string(),
    'invocation_id': dbt.type_string(),
    'requests': dbt.type_bigint(),
    'cost_usd': dbt.type_float(),
    'reserved_at': dbt.type_timestamp(),
}) }}
