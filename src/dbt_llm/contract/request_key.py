"""The request key: the same request has the same key in every engine, so that it is paid for once."""

from collections.abc import Mapping
from hashlib import sha256

from dbt_llm.contract.canonical_json import JsonValue, canonical_json

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
    parts = [KEY_VERSION, model_name, canonical_json(model_parameters), canonical_json(response_format)]
    head = sha256("\n".join(parts).encode()).hexdigest()
    return sha256(f"{head}\n{prompt}".encode()).hexdigest()


def prompt_version(
    template: str,
    *,
    model_parameters: Mapping[str, JsonValue],
    response_format: Mapping[str, JsonValue],
) -> str:
    """Return the first 12 hex digits of the sha256 of template, response format and model parameters."""
    parts = [template, canonical_json(response_format), canonical_json(model_parameters)]
    return sha256("\n".join(parts).encode()).hexdigest()[:12]
