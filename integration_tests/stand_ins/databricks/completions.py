"""The answers of ai_query, asked of an OpenAI-compatible endpoint."""

import decimal
import http.client
import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

_AT_ONCE = 16
_TIMEOUT_S = 300


def ask(base_url, rows):
    """A pair of answer and error for each row of endpoint, request, model parameters and response format."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda row: _answer(base_url, *row), rows))


def ask_for_vectors(base_url, rows):
    """A pair of vector and error for each row of endpoint, request and model parameters."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda row: _vector(base_url, *row), rows))


def _answer(base_url, model, prompt, parameters, response_format):
    if prompt is None:
        return None, None
    body = {"model": model, "messages": [{"role": "user", "content": prompt}], **(parameters or {})}
    if response_format is not None:
        body["response_format"] = json.loads(response_format)
    return _asked(f"{base_url}/chat/completions", body, _completion)


def _vector(base_url, model, text, parameters):
    if text is None:
        return None, None
    body = {"model": model, "input": text, **(parameters or {})}
    return _asked(f"{base_url}/embeddings", body, lambda response: response["data"][0]["embedding"])


def _asked(url, body, read):
    try:
        return read(_post(url, body)), None
    except urllib.error.HTTPError as failure:
        text = failure.read().decode("utf-8", "replace")
        return None, _error("HTTP_REQUEST", f"status code {failure.code}: {text}")
    except (OSError, http.client.HTTPException) as failure:
        return None, _error("HTTP_REQUEST", f"{type(failure).__name__}: {failure}")
    except (ValueError, LookupError, TypeError) as failure:
        return None, _error("HTTP_PARSE_CAST", f"the response is no answer: {type(failure).__name__}: {failure}")


def _post(url, body):
    content = json.dumps(body, default=_number).encode()
    request = urllib.request.Request(url, content, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:
        return json.load(response)


def _number(value):
    # A fraction is a decimal in Spark's SQL.
    if isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} is no model parameter")


def _completion(response):
    text = response["choices"][0]["message"]["content"]
    if not isinstance(text, str):
        raise TypeError("no text in the message")
    return text


def _error(condition, text):
    return f"[AI_FUNCTION_{condition}_ERROR] Error occurred while making an HTTP request for function ai_query: {text}"
