"""Chat completions, in the form of OpenAI and of every compatible server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..chat import ChatRequest
from ..prefix_cache import PrefixCache
from .form import Exchange, Failure, retry_header

_CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded"}


class OpenAIChat:
    """`POST /v1/chat/completions`."""

    name = "openai_chat"
    id_prefix = "chatcmpl-"

    def missing(self, headers: Mapping[str, str]) -> tuple[int, str] | None:  # noqa: ARG002
        return None

    def parse(self, body: dict[str, Any], headers: Mapping[str, str], model: str) -> ChatRequest:  # noqa: ARG002
        return ChatRequest.of_chat(body, headers)

    def cached(self, request: ChatRequest, cache: PrefixCache, arrived_at: float) -> tuple[int, int]:
        return cache.implicit(request, arrived_at), 0

    def response(self, exchange: Exchange) -> dict[str, Any]:
        reply, usage = exchange.reply, exchange.usage
        return {
            "id": exchange.response_id,
            "object": "chat.completion",
            "created": 0,
            "model": exchange.model,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": reply.text, "refusal": reply.refusal},
                    "finish_reason": reply.finish_reason,
                }
            ],
            "usage": {
                "prompt_tokens": usage.input_,
                "completion_tokens": usage.output + usage.reasoning,
                "total_tokens": usage.input_ + usage.output + usage.reasoning,
                "prompt_tokens_details": {"cached_tokens": usage.cache_read},
                "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
            },
        }

    def failure(self, status: int, message: str, code: str | None = None, retry_after: str | None = None) -> Failure:
        kind = "server_error" if status >= 500 else "invalid_request_error"
        code = code or _CODES.get(status)
        error = {"message": message, "type": kind, "param": None, "code": code}
        return Failure({"error": error}, retry_header(retry_after))
