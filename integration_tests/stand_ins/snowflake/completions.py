"""The answers of AI_COMPLETE, asked of an OpenAI-compatible endpoint."""

import json
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

_POOL = ThreadPoolExecutor(16)


def function(base_url):
    """An Arrow function of model, prompt, parameters and response format, all as text."""

    def complete(models, prompts, parameters, formats):
        columns = [column.to_pylist() for column in (models, prompts, parameters, formats)]
        rows = zip(*columns, strict=True)
        return pa.array(list(_POOL.map(lambda row: _answer(base_url, *row), rows)), type=pa.string())

    return complete


def _answer(base_url, model, prompt, parameters, response_format):
    if prompt is None:
        return None
    body = {"model": model, "messages": [{"role": "user", "content": prompt}], **json.loads(parameters or "{}")}
    schema = json.loads(response_format)["schema"] if response_format else None
    if schema:
        body["response_format"] = {"type": "json_schema", "json_schema": {"name": "response", "schema": schema}}
    try:
        value, error = _value(_post(f"{base_url}/chat/completions", body), schema), None
    except urllib.error.HTTPError as failure:
        value, error = None, f"{failure.code} {failure.read().decode('utf-8', 'replace')}"
    except (OSError, ValueError, LookupError) as failure:
        value, error = None, f"internal error: {failure}"
    return json.dumps({"value": value, "error": error})


def _post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def _value(response, schema):
    text = response["choices"][0]["message"]["content"]
    value = {"created": int(time.time()), "model": response.get("model"), "usage": response.get("usage", {})}
    if schema is None:
        return {**value, "choices": [{"messages": text}]}
    try:
        raw = json.loads(text)
    except ValueError:
        raise ValueError("422 json mode output validation error: the answer is not JSON") from None
    return {**value, "structured_output": [{"raw_message": raw, "type": "json"}]}
