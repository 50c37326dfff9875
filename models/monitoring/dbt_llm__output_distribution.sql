{{ dbt_llm._empty_table({
    'task': dbt.type_string(),
    'invocation_id': dbt.type_string(),
    'prompt_version': dbt.type_string(),
    'model_name': dbt.type_string(),
    'column_name': dbt.type_string(),
    'statistic': dbt.type_string(),
    'label': dbt.type_string(),
    'value': dbt_llm.column_type({'type': 'number'}),
    'standard_deviation': dbt_llm.column_type({'type': 'number'}),
    'input_rows': dbt.type_bigint(),
    'distinct_requests': dbt.type_bigint(),
    'measured_at': dbt.type_timestamp(),
}) }}
