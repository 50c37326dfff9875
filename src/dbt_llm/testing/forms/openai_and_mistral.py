"""OpenAI's chat completions, responses and embeddings, and Mistral's: OpenAI's form, but for refusals and errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..chat import BadRequestError, ChatRequest
from ..embeddings import EmbeddingRequest
from .form import Exchange, Failure, PrefixCache, retry_header

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


class OpenAIEmbeddings(OpenAIChat):
    """`POST /v1/embeddings` as a line of a batch has it, of one input: no chat, and answered by vectors."""

    name = "openai_embeddings"

    def parse(self, body: dict[str, Any], headers: Mapping[str, str], model: str) -> ChatRequest:  # noqa: ARG002
        request = EmbeddingRequest.parse(body)
        if len(request.inputs) != 1:
            raise BadRequestError("This server takes one input in a line of a batch.")
        message = {"role": "user", "content": request.inputs[0]}
        return ChatRequest.of_messages([message], request.model, body, headers)


class MistralEmbeddings(OpenAIEmbeddings):
    """The same below `/mistral`."""

    name = "mistral_embeddings"
    failure = MistralChat.failure
