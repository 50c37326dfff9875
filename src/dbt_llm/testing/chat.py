"""What crosses the wire of a chat completion: the request read, the reply to be written."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class BadRequestError(ValueError):
    """The body is not a chat completion request."""


@dataclass(frozen=True)
class ChatRequest:
    """One request as an answer function sees it. `prompt` is the text of the last user message."""

    prompt: str
    messages: list[dict[str, Any]]
    model: str
    body: dict[str, Any]
    headers: Mapping[str, str]

    @classmethod
    def parse(cls, raw: bytes, headers: Mapping[str, str]) -> ChatRequest:
        """Read a request body; raise `BadRequestError` with a sentence where it is not one."""
        try:
            body = json.loads(raw)
        except ValueError as error:
            raise BadRequestError(f"We could not parse the JSON body of your request: {error}") from None
        if not isinstance(body, dict):
            raise BadRequestError("The body of your request is not a JSON object.")
        model, messages = body.get("model"), body.get("messages")
        if not isinstance(model, str) or not model:
            raise BadRequestError("You must provide a model parameter.")
        if not isinstance(messages, list) or not messages:
            raise BadRequestError("'messages' must be a list with at least one message.")
        if not all(isinstance(message, dict) for message in messages):
            raise BadRequestError("Each of 'messages' must be an object.")
        prompts = [text_of(message) for message in messages if message.get("role") == "user"]
        return cls(prompts[-1] if prompts else "", messages, model, body, headers)

    @property
    def json_schema(self) -> dict[str, Any] | None:
        """The JSON schema of the request's response format, if it names one."""
        response_format = self.body.get("response_format")
        if not isinstance(response_format, dict):
            return None
        json_schema = response_format.get("json_schema")
        schema = json_schema.get("schema") if isinstance(json_schema, dict) else None
        return schema if isinstance(schema, dict) else None


@dataclass(frozen=True)
class Reply:
    """What to answer. With a `status` other than 200, `text` is the error's message."""

    text: str | None
    finish_reason: str = "stop"
    refusal: str | None = None
    status: int = 200
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self, request: ChatRequest, response_id: str, served_model: str) -> bytes:
        """The response body, in OpenAI's form."""
        if self.status != 200:
            return error_body(self.text or "", self.status, self.code)
        input_tokens = tokens("".join(text_of(message) for message in request.messages))
        output_tokens = tokens(self.refusal if self.text is None else self.text)
        response = {
            "id": response_id,
            "object": "chat.completion",
            "model": served_model,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": self.text, "refusal": self.refusal},
                    "finish_reason": self.finish_reason,
                }
            ],
            "usage": {
                "prompt_tokens": input_tokens,
                "completion_tokens": output_tokens,
                "total_tokens": input_tokens + output_tokens,
            },
        }
        return json.dumps(response).encode()


def error_body(message: str, status: int, code: str | None = None) -> bytes:
    """An error as OpenAI words it."""
    kind = "server_error" if status >= 500 else "invalid_request_error"
    return json.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}}).encode()


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
