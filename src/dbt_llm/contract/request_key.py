"""The request key: the same request has the same key in every engine, so that it is paid for once.

It is a hash of JSON of which there is only one form.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

__all__ = ["KEY_VERSION", "JsonValue", "canonical_json", "prompt_version", "request_key", "request_key_head"]

JsonValue = None | bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]


def canonical_json(value: JsonValue) -> str:
    """Return ``value`` as JSON with sorted keys and without spaces.

    Integral floats are written as integers (``0.0`` and ``0`` are one parameter value), text is left as UTF-8, and
    only what JSON demands is escaped. Keys are sorted by code point.

    Raises:
        TypeError: ``value`` holds something that JSON has no form for, or a key that is no text.
        ValueError: ``value`` holds NaN, an infinity, or a number so near zero that its text has an exponent, which
            not all engines write alike.
    """
    return json.dumps(_integral(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _integral(value: JsonValue) -> JsonValue:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, float) and "e" in repr(value):
        raise ValueError(f"a number has no one text in all engines. Expected 0, or at least 0.0001 in size; got {value!r}.")
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"a key is not a text. Expected '{key}'; got {key!r}, as YAML reads it without quotes.")
        return {key: _integral(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_integral(item) for item in value]
    return value


KEY_VERSION = "1"


def request_key(
    prompt: str,
    *,
    model_name: str,
    model_parameters: Mapping[str, JsonValue],
    response_format: Mapping[str, JsonValue],
) -> str:
    """Return the sha256 (64 hex digits) of all that decides an answer.

    That is ``sha256(head + "\\n" + prompt)``, where head is the sha256 (in hex) of key version, model name, model
    parameters and response format, joined by ``"\\n"``: the constant part of a task is hashed once, not for each row.
    Not in it: the endpoint's alias, the engine, the adapter, the run and the time.
    """
    head = request_key_head(model_name=model_name, model_parameters=model_parameters, response_format=response_format)
    return sha256(f"{head}\n{prompt}".encode()).hexdigest()


def request_key_head(
    *, model_name: str, model_parameters: Mapping[str, JsonValue], response_format: Mapping[str, JsonValue] | None
) -> str:
    """Return the head of ``request_key``, for who hashes prompts elsewhere; without a response format it has the JSON null."""
    parts = [KEY_VERSION, model_name, canonical_json(model_parameters), canonical_json(response_format)]
    return sha256("\n".join(parts).encode()).hexdigest()


def prompt_version(
    template: str,
    *,
    model_parameters: Mapping[str, JsonValue],
    response_format: Mapping[str, JsonValue],
) -> str:
    """Return the first 12 hex digits of the sha256 of template, response format and model parameters."""
    parts = [template, canonical_json(response_format), canonical_json(model_parameters)]
    return sha256("\n".join(parts).encode()).hexdigest()[:12]
