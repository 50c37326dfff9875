select
    'plain_answer' as probe,
    result
from (
select dbt_llm_probe('Answer with the word yes.', '{"task": "calibrate", "endpoint_name": "fast", "endpoint": {"model_name": "llama3.2", "base_url": "http://localhost:11434/v1", "api_key_env": "OPENAI_API_KEY"}, "model_parameters": {"max_tokens": 100}, "response_format": null, "retries": 0, "asks_for_refusal": null}') as result
) as plain_answer

union all

select
    'json_schema' as probe,
    result
from (
select dbt_llm_probe('Is ice cold? Answer in JSON: {"ok": true} or {"ok": false}.', '{"task": "calibrate", "endpoint_name": "fast", "endpoint": {"model_name": "llama3.2", "base_url": "http://localhost:11434/v1", "api_key_env": "OPENAI_API_KEY", "structured_output": "schema"}, "model_parameters": {"max_tokens": 100}, "response_format": {"type": "object", "properties": {"ok": {"type": "boolean"}}}, "retries": 0, "asks_for_refusal": null}') as result
) as json_schema

union all

select
    'json_mode' as probe,
    result
from (
select dbt_llm_probe('Is ice cold? Answer in JSON: {"ok": true} or {"ok": false}.', '{"task": "calibrate", "endpoint_name": "fast", "endpoint": {"model_name": "llama3.2", "base_url": "http://localhost:11434/v1", "api_key_env": "OPENAI_API_KEY", "structured_output": "json"}, "model_parameters": {"max_tokens": 100}, "response_format": {"type": "object", "properties": {"ok": {"type": "boolean"}}}, "retries": 0, "asks_for_refusal": null}') as result
) as json_mode

union all

select
    'strict_null' as probe,
    result
from (
select dbt_llm_probe('Give the name of nobody, in JSON: {"name": null}.', '{"task": "calibrate", "endpoint_name": "fast", "endpoint": {"model_name": "llama3.2", "base_url": "http://localhost:11434/v1", "api_key_env": "OPENAI_API_KEY", "structured_output": "schema"}, "model_parameters": {"max_tokens": 100}, "response_format": {"type": "object", "properties": {"name": {"type": "string", "nullable": true}}}, "retries": 0, "asks_for_refusal": null}') as result
) as strict_null

union all

select
    'schema_limits' as probe,
    result
from (
select dbt_llm_probe('Answer in JSON: {"n": 2, "tags": ["a"]}.', '{"task": "calibrate", "endpoint_name": "fast", "endpoint": {"model_name": "llama3.2", "base_url": "http://localhost:11434/v1", "api_key_env": "OPENAI_API_KEY", "structured_output": "schema"}, "model_parameters": {"max_tokens": 100}, "response_format": {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1, "maximum": 3}, "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 2}}}, "retries": 0, "asks_for_refusal": null}') as result
) as schema_limits

union all

select
    'max_tokens' as probe,
    result
from (
select dbt_llm_probe('Count from one to fifty in words.', '{"task": "calibrate", "endpoint_name": "fast", "endpoint": {"model_name": "llama3.2", "base_url": "http://localhost:11434/v1", "api_key_env": "OPENAI_API_KEY"}, "model_parameters": {"max_tokens": 5}, "response_format": null, "retries": 0, "asks_for_refusal": null}') as result
) as max_tokens

union all

select
    'temperature' as probe,
    result
from (
select dbt_llm_probe('Answer with the word yes.', '{"task": "calibrate", "endpoint_name": "fast", "endpoint": {"model_name": "llama3.2", "base_url": "http://localhost:11434/v1", "api_key_env": "OPENAI_API_KEY"}, "model_parameters": {"max_tokens": 20, "temperature": 0}, "response_format": null, "retries": 0, "asks_for_refusal": null}') as result
) as temperature

union all

select
    'seed' as probe,
    result
from (
select dbt_llm_probe('Answer with the word yes.', '{"task": "calibrate", "endpoint_name": "fast", "endpoint": {"model_name": "llama3.2", "base_url": "http://localhost:11434/v1", "api_key_env": "OPENAI_API_KEY"}, "model_parameters": {"max_tokens": 20, "seed": 7}, "response_format": null, "retries": 0, "asks_for_refusal": null}') as result
) as seed

union all

select
    'unknown_parameter' as probe,
    result
from (
select dbt_llm_probe('Answer with the word yes.', '{"task": "calibrate", "endpoint_name": "fast", "endpoint": {"model_name": "llama3.2", "base_url": "http://localhost:11434/v1", "api_key_env": "OPENAI_API_KEY"}, "model_parameters": {"max_tokens": 20, "dbt_llm_no_such_parameter": 1}, "response_format": null, "retries": 0, "asks_for_refusal": null}') as result
) as unknown_parameter

union all

select
    'no_such_model' as probe,
    result
from (
select dbt_llm_probe('Answer with the word yes.', '{"task": "calibrate", "endpoint_name": "fast", "endpoint": {"model_name": "dbt-llm-no-such-model", "base_url": "http://localhost:11434/v1", "api_key_env": "OPENAI_API_KEY"}, "model_parameters": {"max_tokens": 100}, "response_format": null, "retries": 0, "asks_for_refusal": true}') as result
) as no_such_model
