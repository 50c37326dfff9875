"""Mistral's chat completions: OpenAI's form, but for refusals and errors."""

from __future__ import annotations

from typing import Any

from .form import Exchange, Failure, retry_header
from .openai_chat import OpenAIChat

_TYPES = {
    401: "unauthorized",
    404: "not_found",
    422: "invalid_request_error",
    429: "rate_limited",
}


class MistralChat(OpenAIChat):
    """`POST /v1/chat/completions` below `/mistral`."""

    name = "mistral_chat"
    id_prefix = "cmpl-"

    def response(self, exchange: Exchange) -> dict[str, Any]:
        reply, response = exchange.reply, super().response(exchange)
        choice = response["choices"][0]
        # No field and no finish reason of this API tells a refusal: it comes as prose.
        text = reply.refusal if reply.text is None else reply.text
        choice["message"] = {"role": "assistant", "content": text or "", "tool_calls": None}
        if reply.finish_reason == "content_filter":
            choice["finish_reason"] = "error"
        return response

    def failure(self, status: int, message: str, code: str | None = None, retry_after: str | None = None) -> Failure:
        kind = _TYPES.get(status, "internal_server_error" if status >= 500 else "invalid_request_error")
        body = {"object": "error", "message": message, "type": kind, "param": None, "code": code, "raw_status_code": status}
        return Failure(body, retry_header(retry_after))
