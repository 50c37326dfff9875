select
    message_id,
    dbt_llm_complete('Extract the asked values from the text.
<text>'
            || cast(body as varchar)
            || '</text>', '{"task": "extract", "endpoint_name": "fast", "endpoint": {"model_name": "llama3.2", "base_url": "http://localhost:11434/v1", "api_key_env": "OPENAI_API_KEY"}, "model_parameters": {}, "response_format": {"type": "object", "properties": {"order_id": {"type": "string"}}, "required": ["order_id"]}, "retries": 5}') as order_json
from "golden"."main"."messages"
