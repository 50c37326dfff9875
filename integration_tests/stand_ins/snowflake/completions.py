"""The answers of AI_COMPLETE and AI_EMBED, asked of an OpenAI-compatible endpoint."""

import json
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

from .schemas import fault

_POOL = ThreadPoolExecutor(16)


class _NotMetError(Exception):
    """What Snowflake itself says of a request or of its answer."""


def function(base_url):
    """An Arrow function of model, prompt, parameters and response format, all as text."""

    def complete(models, prompts, parameters, formats):
        columns = [column.to_pylist() for column in (models, prompts, parameters, formats)]
        rows = zip(*columns, strict=True)
        return pa.array(list(_POOL.map(lambda row: _answer(base_url, *row), rows)), type=pa.string())

    return complete


def embedding_function(base_url):
    """An Arrow function of model and text: a vector, or NULL where there is none, for AI_EMBED says no more of a failure."""

    def embed(models, texts):
        rows = zip(models.to_pylist(), texts.to_pylist(), strict=True)
        return pa.array(list(_POOL.map(lambda row: _vector(base_url, *row), rows)), type=pa.list_(pa.float32()))

    return embed


def _vector(base_url, model, text):
    if text is None:
        return None
    try:
        return _post(f"{base_url}/embeddings", {"model": model, "input": text})["data"][0]["embedding"]
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _answer(base_url, model, prompt, parameters, response_format):
    if prompt is None:
        return None
    try:
        value, error = _value(base_url, model, prompt, json.loads(parameters or "{}"), response_format), None
    except urllib.error.HTTPError as failure:
        value, error = None, f"{failure.code} {failure.read().decode('utf-8', 'replace')}"
    except _NotMetError as failure:
        value, error = None, str(failure)
    except (OSError, ValueError, LookupError, TypeError) as failure:
        value, error = None, f"internal error: {failure}"
    return json.dumps({"value": value, "error": error})


def _value(base_url, model, prompt, parameters, response_format):
    body = {"model": model, "messages": [{"role": "user", "content": prompt}], **parameters}
    if response_format is not None:
        wanted = _without_nulls(json.loads(response_format))
        if found := fault(wanted, model):
            raise _NotMetError(f"400 {found}")
        body["response_format"] = {"type": "json_schema", "json_schema": {"name": "response", "schema": wanted["schema"]}}
    response = _post(f"{base_url}/chat/completions", body)
    message = response["choices"][0]["message"]
    text = message["content"]
    if text is None:
        raise _NotMetError(f"400 the answer was blocked: {message.get('refusal')}")
    value = {"created": int(time.time()), "model": response.get("model"), "usage": response.get("usage", {})}
    if response_format is None:
        return {**value, "choices": [{"messages": text}]}
    try:
        raw = json.loads(text)
    except ValueError as failure:
        raise _NotMetError(f"422 json mode output validation error: {failure}") from None
    return {**value, "structured_output": [{"raw_message": raw, "type": "json"}]}


def _without_nulls(value):
    """DuckDB gives the structs of one list all the members of each other."""
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)
