select
    message_id,
    list_filter([json_extract_string(json_extract(try_cast(dbt_llm_complete('Which topic is it?
Labels: billing, can''t tell
<text>'
            || cast(body as varchar)
            || '</text>', '{"task": "classify", "endpoint_name": "fast", "endpoint": {"model_name": "llama3.2", "base_url": "http://localhost:11434/v1", "api_key_env": "OPENAI_API_KEY"}, "model_parameters": {}, "response_format": {"type": "object", "properties": {"label": {"type": "string", "enum": ["billing", "can''t tell"]}}, "required": ["label"]}, "retries": 5}') as json), '$."label"'), '$')], lambda label: label in ('billing', 'can''t tell'))[1] as topic
from "golden"."main"."messages"
