"""Gemini's generateContent, in the form of the Developer API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..chat import BadRequestError, ChatRequest
from .form import Exchange, Failure, PrefixCache, seconds_of

_FINISH_REASONS = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY"}

_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class Gemini:
    """`POST /v1beta/models/{model}:generateContent`."""

    name = "gemini"
    id_prefix = "gemini-"

    def missing(self, headers: Mapping[str, str]) -> tuple[int, str] | None:  # noqa: ARG002
        return None

    def parse(self, body: dict[str, Any], headers: Mapping[str, str], model: str) -> ChatRequest:
        contents = body.get("contents")
        if not isinstance(contents, list) or not contents:
            raise BadRequestError("* GenerateContentRequest.contents: contents is not specified")
        config = body.get("generationConfig") or {}
        if ("responseSchema" in config or "responseJsonSchema" in config) and (
            config.get("responseMimeType") != "application/json"
        ):
            raise BadRequestError("* GenerateContentRequest.generation_config.response_mime_type: must be application/json")
        messages = [_message(content) for content in contents]
        if body.get("systemInstruction"):
            messages.insert(0, {**_message(body["systemInstruction"]), "role": "system"})
        return ChatRequest.of_messages(messages, model, body, headers)

    def cached(self, request: ChatRequest, cache: PrefixCache, arrived_at: float) -> tuple[int, int]:
        return cache.implicit(request, arrived_at), 0

    def response(self, exchange: Exchange) -> dict[str, Any]:
        reply, usage = exchange.reply, exchange.usage
        counts: dict[str, Any] = {"promptTokenCount": usage.input_, "totalTokenCount": usage.input_}
        if usage.cache_read:
            counts["cachedContentTokenCount"] = usage.cache_read
        response = {"modelVersion": exchange.model, "responseId": exchange.response_id, "usageMetadata": counts}
        if reply.refusal is not None:
            # A blocked prompt is this API's refusal: no candidate, so no output token.
            return {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, **response}
        counts["candidatesTokenCount"] = usage.output
        counts["totalTokenCount"] += usage.output + usage.reasoning
        if usage.reasoning:
            counts["thoughtsTokenCount"] = usage.reasoning
        candidate: dict[str, Any] = {"finishReason": _FINISH_REASONS[reply.finish_reason], "index": 0}
        if reply.text is not None:
            candidate["content"] = {"role": "model", "parts": [{"text": reply.text}]}
        return {"candidates": [candidate], **response}

    def failure(self, status: int, message: str, code: str | None = None, retry_after: str | None = None) -> Failure:
        error: dict[str, Any] = {"code": status, "message": message, "status": code or _STATUSES.get(status, "UNKNOWN")}
        if retry_after is not None:
            delay = f"{seconds_of(retry_after)}s"
            error["details"] = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}]
        return Failure({"error": error})


def _message(content: Any) -> dict[str, Any]:
    if not isinstance(content, dict) or not isinstance(content.get("parts"), list):
        raise BadRequestError("* GenerateContentRequest.contents: each needs parts")
    return {"role": "assistant" if content.get("role") == "model" else "user", "content": content["parts"]}
