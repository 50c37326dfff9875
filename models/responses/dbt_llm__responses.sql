-- Built after the tables below, so that a task, which refs only this one, finds all of them.
-- depends_on: {{ ref('dbt_llm__runs') }}
-- depends_on: {{ ref('dbt_llm__quarantine') }}
-- depends_on: {{ ref('dbt_llm__batches') }}
-- depends_on: {{ ref('dbt_llm__batch_requests') }}
-- depends_on: {{ ref('dbt_llm__review_sample') }}
-- depends_on: {{ ref('dbt_llm__output_distribution') }}
-- depends_on: {{ ref('dbt_llm__reservations') }}
{{ dbt_llm._empty_table({
    'request_key': dbt.type_string(),
    'task': dbt.type_string(),
    'model_name': dbt.type_string(),
    'prompt_version': dbt.type_string(),
    'status': dbt.type_string(),
    'completion': dbt.type_string(),
    'error_class': dbt.type_string(),
    'error_message': dbt.type_string(),
    'finish_reason': dbt.type_string(),
    'input_tokens': dbt.type_bigint(),
    'output_tokens': dbt.type_bigint(),
    'cost_usd': dbt.type_float(),
    'latency_ms': dbt.type_bigint(),
    'attempt': dbt.type_bigint(),
    'engine': dbt.type_string(),
    'response_model': dbt.type_string(),
    'batch_id': dbt.type_string(),
    'invocation_id': dbt.type_string(),
    'requested_at': dbt.type_timestamp(),
    'responded_at': dbt.type_timestamp(),
    'prompt': dbt.type_string(),
    'cached_input_tokens': dbt.type_bigint(),
    'estimated_cost_usd': dbt.type_float(),
}) }}
