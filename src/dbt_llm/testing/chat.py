"""What an answer function reads and writes, whatever the provider's form."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class BadRequestError(ValueError):
    """The body is not a request of its form."""


@dataclass(frozen=True)
class ChatRequest:
    """One request as an answer function sees it. `prompt` is the text of the last user message.

    `messages` are in OpenAI's form, the system's first, whatever form the request came in; `body` is as it came.
    """

    prompt: str
    messages: list[dict[str, Any]]
    model: str
    body: dict[str, Any]
    headers: Mapping[str, str]

    @classmethod
    def parse(cls, raw: bytes, headers: Mapping[str, str]) -> ChatRequest:
        """Read a chat completion request; raise `BadRequestError` with a sentence where it is not one."""
        return cls.of_chat(parse_object(raw), headers)

    @classmethod
    def of_chat(cls, body: dict[str, Any], headers: Mapping[str, str]) -> ChatRequest:
        """Read the parsed body of a chat completion request; raise `BadRequestError` where it is not one."""
        model, messages = body.get("model"), body.get("messages")
        if not isinstance(model, str) or not model:
            raise BadRequestError("You must provide a model parameter.")
        if not isinstance(messages, list) or not messages:
            raise BadRequestError("'messages' must be a list with at least one message.")
        return cls.of_messages(messages, model, body, headers)

    @classmethod
    def of_messages(cls, messages: list[Any], model: str, body: dict[str, Any], headers: Mapping[str, str]) -> ChatRequest:
        """The request that these messages make; raise `BadRequestError` where one is none."""
        if not all(isinstance(message, dict) for message in messages):
            raise BadRequestError("Each of 'messages' must be an object.")
        prompts = [text_of(message) for message in messages if message.get("role") == "user"]
        return cls(prompts[-1] if prompts else "", messages, model, body, headers)

    @property
    def json_schema(self) -> dict[str, Any] | None:
        """The JSON schema that the completion shall meet, if the request names one, in the form of any provider."""
        return find_schema(self.body)


@dataclass(frozen=True)
class Reply:
    """What to answer. With a `status` other than 200, `text` is the error's message.

    `finish_reason`: `stop`, `length` or `content_filter`; each form says it in its provider's word.
    `reasoning_tokens`: output tokens besides those of the text.
    """

    text: str | None
    finish_reason: str = "stop"
    refusal: str | None = None
    status: int = 200
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    reasoning_tokens: int = 0


@dataclass(frozen=True)
class Usage:
    """Tokens of one request. `input_` is the whole prompt, with what was read from and written to a prompt cache."""

    input_: int
    output: int
    reasoning: int = 0
    cache_read: int = 0
    cache_written: int = 0


def parse_object(raw: bytes) -> dict[str, Any]:
    """The JSON object that a body holds; raise `BadRequestError` where it holds none."""
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise BadRequestError(f"We could not parse the JSON body of your request: {error}") from None
    if not isinstance(body, dict):
        raise BadRequestError("The body of your request is not a JSON object.")
    return body


def text_of(message: Mapping[str, Any]) -> str:
    """The text of a message, whose content is a string or a list of parts."""
    content = message.get("content")
    if isinstance(content, list):
        texts = (part.get("text") for part in content if isinstance(part, dict))
        return "".join(text for text in texts if isinstance(text, str))
    return content if isinstance(content, str) else ""


def tokens(text: str | None) -> int:
    """A token count that a test can work out: a quarter of the UTF-8 bytes, at least 1."""
    # A lone surrogate is legal in JSON's escapes, but not in UTF-8.
    return max(1, math.ceil(len((text or "").encode("utf-8", "surrogatepass")) / 4))


_PLACES = (
    ("response_format", "json_schema", "schema"),  # OpenAI chat completions and Mistral
    ("text", "format", "schema"),  # OpenAI responses
    ("output_config", "format", "schema"),  # Anthropic messages
    ("generationConfig", "responseJsonSchema"),  # Gemini
    ("generationConfig", "responseSchema"),  # Gemini, as a subset of OpenAPI
    ("outputConfig", "textFormat", "structure", "jsonSchema", "schema"),  # Bedrock Converse, as a text
)


def find_schema(body: dict[str, Any]) -> dict[str, Any] | None:
    """The JSON schema in the body of a request, in any of the forms; None where there is none."""
    for place in _PLACES:
        found: Any = body
        for name in place:
            found = found.get(name) if isinstance(found, dict) else None
        if isinstance(found, str):
            found = _parsed(found)
        if isinstance(found, dict):
            return _from_openapi(found) if place[-1] == "responseSchema" else found
    return None


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _from_openapi(schema: dict[str, Any]) -> dict[str, Any]:
    """Gemini's `Schema`: types in capitals, `nullable` instead of a union with null."""
    made = {name: part for name, part in schema.items() if name != "nullable"}
    if isinstance(schema.get("type"), str):
        kind = schema["type"].lower()
        made["type"] = [kind, "null"] if schema.get("nullable") else kind
    if schema.get("nullable") and "enum" in schema:
        made["enum"] = [*schema["enum"], None]
    if isinstance(schema.get("items"), dict):
        made["items"] = _from_openapi(schema["items"])
    if isinstance(schema.get("properties"), dict):
        made["properties"] = {name: _from_openapi(part) for name, part in schema["properties"].items()}
    if isinstance(schema.get("anyOf"), list):
        made["anyOf"] = [_from_openapi(part) for part in schema["anyOf"]]
    return made
