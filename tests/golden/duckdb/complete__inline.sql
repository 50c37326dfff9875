select
    message_id,
    dbt_llm_complete('Translate to English: ' || body, '{"task": "complete", "endpoint_name": "fast", "endpoint": {"model_name": "llama3.2", "base_url": "http://localhost:11434/v1", "api_key_env": "OPENAI_API_KEY"}, "model_parameters": {"temperature": 0}, "response_format": null, "retries": 5}') as english
from "golden"."main"."messages"
