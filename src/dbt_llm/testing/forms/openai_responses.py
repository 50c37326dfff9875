"""Responses, OpenAI's newer form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..chat import BadRequestError, ChatRequest
from .form import Exchange
from .openai_chat import OpenAIChat

_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


class OpenAIResponses(OpenAIChat):
    """`POST /v1/responses`."""

    name = "openai_responses"
    id_prefix = "resp_"

    def parse(self, body: dict[str, Any], headers: Mapping[str, str], model: str) -> ChatRequest:
        model, given = body.get("model", ""), body.get("input")
        if not isinstance(model, str) or not model:
            raise BadRequestError("Missing required parameter: 'model'.")
        if isinstance(given, str):
            given = [{"role": "user", "content": given}]
        if not isinstance(given, list) or not given:
            raise BadRequestError("Missing required parameter: 'input'.")
        instructions = body.get("instructions")
        system = [{"role": "system", "content": instructions}] if isinstance(instructions, str) else []
        return ChatRequest.of_messages(system + given, model, body, headers)

    def response(self, exchange: Exchange) -> dict[str, Any]:
        reply, usage = exchange.reply, exchange.usage
        reason = _INCOMPLETE.get(reply.finish_reason)
        status = "incomplete" if reason else "completed"
        content: dict[str, Any] = {"type": "output_text", "text": reply.text or "", "annotations": [], "logprobs": []}
        if reply.refusal is not None:
            content = {"type": "refusal", "refusal": reply.refusal}
        message = {
            "id": f"msg_{exchange.response_id}",
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": [content],
        }
        thinking = [{"id": f"rs_{exchange.response_id}", "type": "reasoning", "summary": []}] if usage.reasoning else []
        return {
            "id": exchange.response_id,
            "object": "response",
            "created_at": 0,
            "status": status,
            "error": None,
            "incomplete_details": {"reason": reason} if reason else None,
            "instructions": exchange.request.body.get("instructions"),
            "metadata": exchange.request.body.get("metadata") or {},
            "model": exchange.model,
            "output": [*thinking, message],
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "usage": {
                "input_tokens": usage.input_,
                "input_tokens_details": {"cached_tokens": usage.cache_read, "cache_write_tokens": 0},
                "output_tokens": usage.output + usage.reasoning,
                "output_tokens_details": {"reasoning_tokens": usage.reasoning},
                "total_tokens": usage.input_ + usage.output + usage.reasoning,
            },
        }
