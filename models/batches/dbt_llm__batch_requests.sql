{{ dbt_llm._empty_table({
    'batch_key': dbt.type_string(),
    'custom_id': dbt.type_string(),
    'request_key': dbt.type_string(),
    'attempt': dbt.type_bigint(),
    'prompt': dbt.type_string(),
    'recorded_at': dbt.type_timestamp(),
}) }}
