"""The body of a chat completion request, in OpenAI's form, for each level of structured output."""

from __future__ import annotations

import json
from collections.abc import Mapping
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any

from .endpoint import Endpoint
from .errors import ConfigurationError
from .strict_schema import plain, strict

_OURS = ("model", "messages", "response_format", "stream", "n")

_INSTRUCTION = (
    "Reply with one JSON object and nothing else: no prose, no code fence. The object must conform to this JSON Schema:\n"
)


class ChatBody:
    """Request bodies that differ in nothing but the prompt, which is all that is encoded per call."""

    def __init__(
        self,
        endpoint: Endpoint,
        model_parameters: Mapping[str, Any] | None = None,
        response_format: Mapping[str, Any] | None = None,
    ) -> None:
        """Encode what is constant.

        `response_format` is a JSON Schema of type object, in which `nullable: true` is understood.
        Raises `ConfigurationError` where a model parameter would change what a response means.
        """
        parameters = dict(model_parameters or {})
        faults = [
            f"model_parameters has '{name}'. Expected parameters of the language model only."
            for name in _OURS
            if name in parameters
        ]
        if faults:
            raise ConfigurationError(faults)
        system = None
        if response_format is not None:
            if endpoint.structured_output == "schema":
                parameters["response_format"] = {
                    "type": "json_schema",
                    "json_schema": {
                        "name": "response",
                        "strict": True,
                        "schema": strict(response_format),
                    },
                }
            else:
                system = _INSTRUCTION + _json(plain(response_format))
                if endpoint.structured_output == "json":
                    parameters["response_format"] = {"type": "json_object"}
        head = f'{{"model":{_json(endpoint.model_name)},"messages":['
        if system is not None:
            head += _json({"role": "system", "content": system}) + ","
        head += '{"role":"user","content":'
        tail = "}]" + ("," + _json(parameters)[1:-1] if parameters else "") + "}"
        self._head, self._tail = head.encode(), tail.encode()
        self.constant_bytes = len((system or "").encode())
        """UTF-8 bytes of the text that every request carries besides its prompt."""
        self.max_output_tokens = _max_output_tokens(parameters)
        """The most tokens that a completion may have, where the model parameters say so."""

    def encode(self, prompt: str) -> bytes:
        """The body for one prompt, whose characters reach the server exactly."""
        try:
            text = encode_basestring(prompt).encode()
        except UnicodeEncodeError:
            # A lone surrogate has no UTF-8, but JSON can escape it.
            text = encode_basestring_ascii(prompt).encode()
        return self._head + text + self._tail


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _max_output_tokens(parameters: Mapping[str, Any]) -> int | None:
    for name in ("max_completion_tokens", "max_tokens"):
        value = parameters.get(name)
        if isinstance(value, int):
            return value
    return None
