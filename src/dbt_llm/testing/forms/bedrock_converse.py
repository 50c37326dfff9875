"""Bedrock's Converse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..chat import BadRequestError, ChatRequest
from ..prefix_cache import PrefixCache
from .anthropic_messages import marked_prefix
from .form import Exchange, Failure, retry_header

_STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "content_filtered"}

_ERRORS = {
    400: "ValidationException",
    401: "UnrecognizedClientException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    424: "ModelErrorException",
    429: "ThrottlingException",
    503: "ServiceUnavailableException",
}


class BedrockConverse:
    """`POST /model/{id}/converse`."""

    name = "bedrock_converse"
    id_prefix = "bedrock-"

    def missing(self, headers: Mapping[str, str]) -> tuple[int, str] | None:
        # A signature's value is not checked: that would need the secret.
        is_signed = headers.get("Authorization", "").startswith(("AWS4-HMAC-SHA256 ", "Bearer "))
        return None if is_signed else (403, "Missing Authentication Token")

    def parse(self, body: dict[str, Any], headers: Mapping[str, str], model: str) -> ChatRequest:
        messages = body.get("messages")
        if not isinstance(messages, list) or not messages:
            raise BadRequestError("The value at messages is empty. Provide at least one message.")
        if not all(isinstance(message, dict) and isinstance(message.get("content"), list) for message in messages):
            raise BadRequestError("The content of each of messages must be a list of content blocks.")
        system = [{"role": "system", "content": body["system"]}] if body.get("system") else []
        return ChatRequest.of_messages(system + messages, model, body, headers)

    def cached(self, request: ChatRequest, cache: PrefixCache, arrived_at: float) -> tuple[int, int]:
        return cache.marked(request.model, marked_prefix(request.messages, "cachePoint")[0], arrived_at)

    def response(self, exchange: Exchange) -> dict[str, Any]:
        reply, usage = exchange.reply, exchange.usage
        text, reason = reply.text, _STOP_REASONS[reply.finish_reason]
        if reply.refusal is not None:
            # A guardrail answers in the model's place.
            text, reason = reply.refusal, "guardrail_intervened"
        input_tokens = usage.input_ - usage.cache_read - usage.cache_written
        output_tokens = usage.output + usage.reasoning
        return {
            "output": {"message": {"role": "assistant", "content": [{"text": text}] if text else []}},
            "stopReason": reason,
            "usage": {
                "inputTokens": input_tokens,
                "outputTokens": output_tokens,
                "totalTokens": usage.input_ + output_tokens,
                "cacheReadInputTokens": usage.cache_read,
                "cacheWriteInputTokens": usage.cache_written,
            },
            "metrics": {"latencyMs": 1},
        }

    def failure(self, status: int, message: str, code: str | None = None, retry_after: str | None = None) -> Failure:
        kind = code or _ERRORS.get(status, "InternalServerException" if status >= 500 else "ValidationException")
        return Failure({"message": message}, {"x-amzn-ErrorType": kind, **retry_header(retry_after)})
