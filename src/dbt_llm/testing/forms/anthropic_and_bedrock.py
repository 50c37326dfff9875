"""Anthropic's messages and Bedrock's Converse, in both of which a prompt says what of it is cached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..chat import BadRequestError, ChatRequest, text_of
from .form import Exchange, Failure, PrefixCache, retry_header

_STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}

_ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


class AnthropicMessages:
    """`POST /v1/messages`."""

    name = "anthropic_messages"
    id_prefix = "msg_"

    def missing(self, headers: Mapping[str, str]) -> tuple[int, str] | None:
        return None if "anthropic-version" in headers else (400, "anthropic-version: header is required")

    def parse(self, body: dict[str, Any], headers: Mapping[str, str], model: str) -> ChatRequest:
        model, messages, most = body.get("model", ""), body.get("messages"), body.get("max_tokens")
        if not isinstance(model, str) or not model:
            raise BadRequestError("model: Field required")
        if not isinstance(most, int) or most < 1:
            raise BadRequestError("max_tokens: Field required")
        if not isinstance(messages, list) or not messages:
            raise BadRequestError("messages: Field required")
        roles = [message.get("role") for message in messages if isinstance(message, dict)]
        if not all(role in ("user", "assistant") for role in roles):
            raise BadRequestError("messages: Input should be 'user' or 'assistant'")
        system = [{"role": "system", "content": body["system"]}] if body.get("system") else []
        return ChatRequest.of_messages(system + messages, model, body, headers)

    def cached(self, request: ChatRequest, cache: PrefixCache, arrived_at: float) -> tuple[int, int]:
        return cache.marked(request.model, _marked(request)[0], arrived_at)

    def response(self, exchange: Exchange) -> dict[str, Any]:
        reply, usage = exchange.reply, exchange.usage
        is_refused = reply.refusal is not None or reply.finish_reason == "content_filter"
        details = {"type": "refusal", "category": None, "explanation": reply.refusal} if is_refused else None
        hour = usage.cache_written if usage.cache_written and _marked(exchange.request)[1].get("ttl") == "1h" else 0
        return {
            "id": exchange.response_id,
            "type": "message",
            "role": "assistant",
            "model": exchange.model,
            "content": [{"type": "text", "text": reply.text}] if reply.text else [],
            "stop_reason": "refusal" if is_refused else _STOP_REASONS[reply.finish_reason],
            "stop_sequence": None,
            "stop_details": details,
            "usage": {
                "input_tokens": usage.input_ - usage.cache_read - usage.cache_written,
                "cache_creation_input_tokens": usage.cache_written,
                "cache_read_input_tokens": usage.cache_read,
                "cache_creation": {
                    "ephemeral_5m_input_tokens": usage.cache_written - hour,
                    "ephemeral_1h_input_tokens": hour,
                },
                "output_tokens": usage.output + usage.reasoning,
                "service_tier": "standard",
            },
        }

    def failure(self, status: int, message: str, code: str | None = None, retry_after: str | None = None) -> Failure:
        error = {"type": code or _ERRORS.get(status, "api_error"), "message": message}
        return Failure({"type": "error", "error": error, "request_id": None}, retry_header(retry_after))


def marked_prefix(messages: list[dict[str, Any]], mark: str) -> tuple[str, dict[str, Any]]:
    """The text of all blocks up to the last that is marked (empty where none is), and that mark."""
    text = prefix = ""
    last: dict[str, Any] = {}
    for message in messages:
        content = message.get("content")
        for block in content if isinstance(content, list) else [{"text": content}]:
            text += text_of({"content": [block]})
            if isinstance(block, dict) and isinstance(block.get(mark), dict):
                prefix, last = text, block[mark]
    return prefix, last


def _marked(request: ChatRequest) -> tuple[str, dict[str, Any]]:
    # A mark on the request itself is one on its last block.
    whole = request.body.get("cache_control")
    if isinstance(whole, dict):
        return "".join(text_of(message) for message in request.messages), whole
    return marked_prefix(request.messages, "cache_control")


_BEDROCK_STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "content_filter": "content_filtered"}

_BEDROCK_ERRORS = {
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
        text, reason = reply.text, _BEDROCK_STOP_REASONS[reply.finish_reason]
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
        kind = code or _BEDROCK_ERRORS.get(status, "InternalServerException" if status >= 500 else "ValidationException")
        return Failure({"message": message}, {"x-amzn-ErrorType": kind, **retry_header(retry_after)})
