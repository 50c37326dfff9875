"""OpenAI's responses API, which Azure has too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..endpoint import Endpoint
from ..outcomes import Kind, Outcome, clean, count, is_success, listed, members, word
from .families import leave_out_refused, take_effort
from .json_schema import instruction, strict
from .openai_chat import OpenAICache, error_in_answer, failure, headers_for
from .request_body import RequestBody, checked, take_max_tokens

__all__ = ["OpenAIResponses"]

_OURS = (
    *("model", "input", "instructions", "stream", "n", "response_format"),
    *("background", "previous_response_id", "conversation"),
)
_TRUNCATED = frozenset({"max_output_tokens", "max_tokens"})
_TRANSIENT_CODES = frozenset({"server_error", "vector_store_timeout"})


class OpenAIResponses:
    """A `Form`: `POST /responses`. Nothing is stored at the provider unless the model parameters say `store: true`."""

    def __init__(
        self,
        endpoint: Endpoint,
        model_parameters: Mapping[str, Any] | None = None,
        response_format: Mapping[str, Any] | None = None,
        prompt_prefix: str = "",
    ) -> None:
        """Encode what is constant. Raises `ConfigurationError` where a model parameter would change what a response means."""
        parameters = {"store": False, **checked(model_parameters, _OURS)}
        self._headers = headers_for(endpoint)
        self.url = f"{endpoint.base_url}/responses"
        self.warning = leave_out_refused(endpoint.model_name, parameters)
        effort = take_effort(parameters)
        if effort is not None:
            parameters["reasoning"] = {"effort": effort, **members(parameters.get("reasoning"))}
        self.max_output_tokens = take_max_tokens(parameters)
        if self.max_output_tokens is not None:
            parameters["max_output_tokens"] = self.max_output_tokens
        system = None
        if response_format is not None:
            format_: dict[str, Any] | None = None
            if endpoint.structured_output == "schema":
                format_ = {"type": "json_schema", "name": "response", "strict": True, "schema": strict(response_format)}
            else:
                system = instruction(response_format)
                if endpoint.structured_output == "json":
                    format_ = {"type": "json_object"}
            if format_ is not None:
                # `text` holds the verbosity too.
                parameters["text"] = {**members(parameters.get("text")), "format": format_}
        cache = OpenAICache(endpoint, (system or "") + prompt_prefix)
        for name, value in cache.parameters().items():
            parameters.setdefault(name, value)

        def layout(content: object) -> dict[str, Any]:
            messages = [{"role": "user", "content": content}]
            # JSON mode wants the word in the input; the instructions do not count.
            if system is not None:
                messages.insert(0, {"role": "developer", "content": system})
            return {"model": endpoint.model_name, "input": messages, **parameters}

        def divided(rest: str) -> dict[str, Any]:
            prefix = {"type": "input_text", "text": prompt_prefix, **cache.breakpoint()}
            return layout([prefix, {"type": "input_text", "text": rest}])

        is_divided = cache.is_marked and bool(prompt_prefix.strip())
        self._body = RequestBody(layout, prefix=prompt_prefix, divided=divided if is_divided else None)
        self.constant_bytes = len((system or "").encode())
        self.cached_bytes = len(((system or "") + prompt_prefix).encode()) if is_divided else 0

    def headers(self, api_key: str | None, body: bytes) -> Mapping[str, str]:  # noqa: ARG002 - nothing is signed
        """The headers of a call."""
        return self._headers(api_key)

    def encode(self, prompt: str) -> bytes:
        """The body for one prompt."""
        return self._body.encode(prompt)

    def interpret(self, status: int, body: Any) -> Outcome:
        """What a response means."""
        if not is_success(status):
            return failure(status, body)
        state = word(members(body).get("status"))
        if state is None:
            return error_in_answer(body)
        completion, refusal = _output(body.get("output"))
        usage = members(body.get("usage"))
        details = members(usage.get("input_tokens_details"))
        reason = word(members(body.get("incomplete_details")).get("reason"))
        outcome = Outcome(
            Kind.SUCCEEDED,
            completion=completion,
            finish_reason=reason or state,
            input_tokens=count(usage.get("input_tokens")),
            output_tokens=count(usage.get("output_tokens")),
            response_model=word(body.get("model")),
            cached_input_tokens=count(details.get("cached_tokens")),
            cache_write_tokens=count(details.get("cache_write_tokens")),
        )
        if state == "failed":
            return _failed(outcome, members(body.get("error")))
        if state == "incomplete" and reason in _TRUNCATED:
            return outcome.truncate()
        if refusal is not None or (state == "incomplete" and reason == "content_filter"):
            return outcome.refuse(refusal)
        return outcome.complete(_instead(body.get("output")), is_whole=state == "completed")


def _instead(output: object) -> str | None:
    """What an output holds in the place of a message."""
    kinds = [str(item.get("type")) for item in listed(output)]
    return next((kind for kind in kinds if kind.endswith("_call")), "reasoning" if "reasoning" in kinds else None)


def _output(output: object) -> tuple[str | None, str | None]:
    """The joined texts of all messages, and the joined refusals."""
    parts = [part for item in listed(output) if item.get("type") == "message" for part in listed(item.get("content"))]
    texts = [part["text"] for part in parts if part.get("type") == "output_text" and isinstance(part.get("text"), str)]
    refusals = [part["refusal"] for part in parts if part.get("type") == "refusal" and isinstance(part.get("refusal"), str)]
    return (clean("".join(texts)) if texts else None, clean(" ".join(refusals)) if refusals else None)


def _failed(outcome: Outcome, error: Mapping[str, Any]) -> Outcome:
    code, message = word(error.get("code")), word(error.get("message")) or "the response failed"
    outcome.code = code
    if code == "rate_limit_exceeded":
        outcome.completion, outcome.message = None, message
        return outcome.throttle()
    if code is None or code in _TRANSIENT_CODES:
        return outcome.repeat(message)
    return outcome.refuse(message) if "policy" in code else outcome.fail("invalid_request", message)
