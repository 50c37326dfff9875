"""Embeddings in OpenAI's form: OpenAI's, Azure's, Mistral's, and every compatible server's."""

from __future__ import annotations

import base64
import binascii
import sys
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from ..endpoint import Endpoint
from ..errors import ConfigurationError
from ..outcomes import Kind, Outcome, count, is_success, listed, members, vector_of, word
from .openai_chat import error_in_answer, failure, headers_for
from .request_body import checked, to_json

__all__ = ["OpenAIEmbeddings"]

_OURS = ("model", "input")
_PROVIDERS = ("openai", "azure", "mistral")
_SHORTENED = "text-embedding-3-"
"""Models that make a vector as short as they are told. https://developers.openai.com/api/docs/guides/embeddings (2026-11)"""


class OpenAIEmbeddings:
    """A `Form`: `POST /embeddings`, with many inputs in a call.

    An answer's `vectors` are by the places that the provider gives them. Numbers come as JSON, or as base64 of little-endian
    32-bit floats where the model parameters have `encoding_format: base64`.
    """

    warning: str | None = None
    constant_bytes = 0
    cached_bytes = 0
    max_output_tokens: int | None = 0

    def __init__(self, endpoint: Endpoint, model_parameters: Mapping[str, Any] | None, dimensions: int) -> None:
        """Raises `ConfigurationError` without such an API, or where a model parameter would change what a response means."""
        if endpoint.provider not in _PROVIDERS or endpoint.api != "chat":
            got = endpoint.provider if endpoint.provider not in _PROVIDERS else f"api: {endpoint.api}"
            raise ConfigurationError(
                [
                    f"endpoint '{endpoint.name}' makes no embeddings. Expected one of OpenAI's form (provider"
                    f" {', '.join(_PROVIDERS)}, or none, and no api); got '{got}'."
                ]
            )
        if endpoint.service_tier is not None:
            raise ConfigurationError(
                [
                    f"endpoint '{endpoint.name}' has a service_tier. Expected none, as calls for embeddings have no tiers;"
                    f" got '{endpoint.service_tier}'."
                ]
            )
        parameters = checked(model_parameters, _OURS)
        if endpoint.model_name.startswith(_SHORTENED):
            parameters.setdefault("dimensions", dimensions)
        self.dimensions = dimensions
        self.url = f"{endpoint.base_url}/embeddings"
        self._headers = headers_for(endpoint)
        self._constant = {"model": endpoint.model_name, **parameters}

    def headers(self, api_key: str | None, body: bytes) -> Mapping[str, str]:  # noqa: ARG002 - nothing is signed
        """The headers of a call."""
        return self._headers(api_key)

    def encode(self, prompt: str) -> bytes:
        """The body for one input."""
        return self.encode_all([prompt])

    def encode_all(self, prompts: Sequence[str]) -> bytes:
        """The body for these inputs, in their order."""
        return to_json({**self._constant, "input": list(prompts)}).encode()

    def interpret(self, status: int, body: Any) -> Outcome:
        """What a response means."""
        if not is_success(status):
            return failure(status, body)
        answer = members(body)
        if not isinstance(answer.get("data"), list):
            return error_in_answer(body)
        usage = members(answer.get("usage"))
        outcome = Outcome(
            Kind.SUCCEEDED,
            completion="",
            input_tokens=count(usage.get("prompt_tokens")),
            response_model=word(answer.get("model")),
        )
        if outcome.input_tokens is not None:
            outcome.output_tokens = 0
        found = ((item.get("index"), _vector(item.get("embedding"))) for item in listed(answer["data"]))
        outcome.vectors = {
            index: vector
            for index, vector in found
            if isinstance(index, int) and not isinstance(index, bool) and vector is not None
        }
        return outcome if outcome.vectors else outcome.blank("no vector")


def _vector(value: object) -> array[float] | None:
    """The numbers of an embedding, NaN in the place of what is none; None where it is no embedding."""
    if isinstance(value, str):
        return _decoded(value)
    return vector_of(value) if isinstance(value, list) and value else None


def _decoded(text: str) -> array[float] | None:
    vector = array("f")
    try:
        vector.frombytes(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return None
    if sys.byteorder == "big":
        vector.byteswap()
    return vector or None
