"""What a model on Vertex AI would answer through BigQuery, asked of an OpenAI-compatible endpoint."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

AT_ONCE = 16
ANSWER = pa.struct([("result", pa.string()), ("full_response", pa.string()), ("status", pa.string())])
VECTOR = pa.struct([("embedding", pa.list_(pa.float64())), ("statistics", pa.string()), ("status", pa.string())])
FINISH_REASONS = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY"}
OPENAI_NAMES = {"max_output_tokens": "max_tokens", "stop_sequences": "stop", "output_dimensionality": "dimensions"}
STATUS_NAMES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}  # fmt: skip
RETRYABLE = {429, 500, 502, 503, 504}


@dataclass
class Call:
    """The constants of an AI function's call in a statement."""

    model: str
    parameters: dict[str, Any] = field(default_factory=dict)
    schema: dict[str, Any] | None = None


class Completions:
    """Answers the rows of a call; a statement names its call by a number, so that no constant passes through SQL again."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._calls: list[Call] = []

    def register(self, call: Call) -> int:
        self._calls.append(call)
        return len(self._calls) - 1

    def answer(self, prompts: pa.ChunkedArray, numbers: pa.ChunkedArray) -> pa.Array:
        """An Arrow function for DuckDB."""
        rows = zip(prompts.to_pylist(), numbers.to_pylist(), strict=True)
        answers = self._pool.map(lambda row: self._answer(self._calls[row[1]], row[0]), rows)
        return pa.array(list(answers), type=ANSWER)

    def embed(self, texts: pa.ChunkedArray, numbers: pa.ChunkedArray) -> pa.Array:
        """An Arrow function for DuckDB."""
        rows = zip(texts.to_pylist(), numbers.to_pylist(), strict=True)
        vectors = self._pool.map(lambda row: self._vector(self._calls[row[1]], row[0]), rows)
        return pa.array(list(vectors), type=VECTOR)

    def _vector(self, call: Call, text: str | None) -> dict[str, Any]:
        body = {"model": call.model, "input": text, **_openai_names(call.parameters)}
        found = self._post("/embeddings", body, _vector_form) if text is not None else "The content is NULL"
        return {"embedding": None, "statistics": None, "status": found} if isinstance(found, str) else found

    def _answer(self, call: Call, prompt: str | None) -> dict[str, str | None]:
        if prompt is None:
            # What BigQuery says of a NULL prompt is not documented; that it asks nobody is our reading.
            return {"result": None, "full_response": None, "status": "The prompt is NULL"}
        body = {"model": call.model, "messages": [{"role": "user", "content": prompt}], **_openai_names(call.parameters)}
        if call.schema is not None:
            body["response_format"] = {"type": "json_schema", "json_schema": {"name": "response", "schema": call.schema}}
        found = self._post("/chat/completions", body, _gemini_form)
        return {"result": None, "full_response": None, "status": found} if isinstance(found, str) else found

    def _post(self, path: str, body: dict[str, Any], read: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any] | str:
        """What is read of the response, or what `status` says of a failure."""
        request = urllib.request.Request(self._base_url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return read(json.load(response))
        except urllib.error.HTTPError as failure:
            return _failure(failure.code, failure.read().decode("utf-8", "replace"))
        except (OSError, ValueError, LookupError) as failure:
            return _failure(503, repr(failure))


def _openai_names(parameters: dict[str, Any]) -> dict[str, Any]:
    return {OPENAI_NAMES.get(name, name): value for name, value in parameters.items()}


def _gemini_form(response: dict[str, Any]) -> dict[str, str | None]:
    """The names are the protocol's, as projects that ran on BigQuery read them; Google's REST API spells them otherwise."""
    choice, usage = response["choices"][0], response.get("usage") or {}
    text, finish = choice["message"]["content"], choice.get("finish_reason")
    candidate: dict[str, Any] = {"finish_reason": FINISH_REASONS.get(finish, "OTHER")}
    if text is not None:
        candidate["content"] = {"role": "model", "parts": [{"text": text}]}
    full_response = {
        "candidates": [candidate],
        "model_version": response.get("model"),
        "response_id": response.get("id"),
        "usage_metadata": {
            "prompt_token_count": usage.get("prompt_tokens"),
            "candidates_token_count": usage.get("completion_tokens"),
            "total_token_count": usage.get("total_tokens"),
        },
    }
    return {"result": text, "full_response": json.dumps(full_response), "status": ""}


def _vector_form(response: dict[str, Any]) -> dict[str, Any]:
    statistics = {"token_count": response["usage"]["prompt_tokens"], "truncated": False}
    return {"embedding": response["data"][0]["embedding"], "statistics": json.dumps(statistics), "status": ""}


def _failure(code: int, text: str) -> str:
    name = STATUS_NAMES.get(code, "UNKNOWN")
    # The first words are those by which Google's own Dataform package tells what to try again.
    kind = "A retryable error occurred: " if code in RETRYABLE else ""
    return f"{kind}{name} error from remote service/endpoint: {code} {text}"
