"""Anthropic's messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..endpoint import Endpoint
from ..outcomes import Kind, Outcome, by_status, clean, count, listed, members, total, word
from .anthropic_cache import time_to_live
from .claude import leave_out_sampling
from .closed_schema import MOST_OPTIONAL, MOST_UNIONS, closed
from .parameters import checked, take_max_tokens, take_stop
from .request_body import RequestBody
from .structured_output import instruction

_VERSION = "2023-06-01"
"""Of the API. The next one (2026-10-21) takes no temperature from any model."""
_OURS = (
    *("model", "messages", "system", "stream", "tools", "tool_choice", "n"),
    *("response_format", "output_format", "cache_control"),
)
_MAX_TOKENS = 16_384
"""Where a task does not say: the API wants a number, thoughts count too, and what is cut off is paid for and lost."""

_TRUNCATED = frozenset({"max_tokens", "model_context_window_exceeded"})
_COMPLETE = frozenset({"end_turn", "stop_sequence"})
_SPENT = frozenset(
    {
        "enforced_spend_limit_reached",
        "contract_spend_limit_reached",
        "linked_organization_spend_limit_reached",
        "linked_organization_billing_unavailable",
    }
)
_NO_CREDIT = "credit balance is too low"

TOO_MANY = (
    f"the response format has more properties that may be missing or null than Anthropic's models can be held to"
    f" ({MOST_OPTIONAL} and {MOST_UNIONS}), so its schema is asked for in words, as with structured_output: ask."
    " Every completion is validated all the same."
)


class AnthropicMessages:
    """A `Form`: `POST /messages`."""

    def __init__(
        self,
        endpoint: Endpoint,
        model_parameters: Mapping[str, Any] | None = None,
        response_format: Mapping[str, Any] | None = None,
        prompt_prefix: str = "",
    ) -> None:
        """Encode what is constant. Raises `ConfigurationError` where a model parameter would change what a response means."""
        parameters = checked(model_parameters, _OURS)
        self._keyed: dict[str | None, Mapping[str, str]] = {}
        self.url = f"{endpoint.base_url}/messages"
        warnings = [leave_out_sampling(endpoint.model_name, parameters)]
        self.max_output_tokens = take_max_tokens(parameters)
        parameters["max_tokens"] = self.max_output_tokens or _MAX_TOKENS
        stop = take_stop(parameters)
        if stop is not None:
            parameters["stop_sequences"] = stop
        system = None
        if response_format is not None:
            schema = closed(response_format) if endpoint.structured_output == "schema" else None
            if schema is not None:
                # `output_config` holds the effort too.
                format_ = {"type": "json_schema", "schema": schema}
                parameters["output_config"] = {**members(parameters.get("output_config")), "format": format_}
            else:
                # There is no JSON mode without a schema.
                system = instruction(response_format)
                warnings.append(TOO_MANY if endpoint.structured_output == "schema" else None)
        self.warning = " ".join(filter(None, warnings)) or None
        constant_text = (system or "") + prompt_prefix
        ttl = time_to_live(endpoint, constant_text)
        mark = {"cache_control": {"type": "ephemeral", "ttl": ttl}} if ttl is not None else {}
        has_prefix = bool(prompt_prefix.strip())

        def layout(content: object, *, is_divided: bool = False) -> dict[str, Any]:
            parts: dict[str, Any] = {"model": endpoint.model_name}
            if system is not None:
                block = {"type": "text", "text": system, **({} if is_divided else mark)}
                parts["system"] = [block] if mark else system
            return {**parts, "messages": [{"role": "user", "content": content}], **parameters}

        def divided(rest: str) -> dict[str, Any]:
            prefix = {"type": "text", "text": prompt_prefix, **mark}
            return layout([prefix, {"type": "text", "text": rest}], is_divided=True)

        self._body = RequestBody(layout, prefix=prompt_prefix, divided=divided if mark and has_prefix else None)
        self.constant_bytes = len((system or "").encode())
        self.cached_bytes = len(constant_text.encode("utf-8", "surrogatepass")) if mark and (has_prefix or system) else 0

    def headers(self, api_key: str | None, body: bytes) -> Mapping[str, str]:  # noqa: ARG002 - nothing is signed
        """The headers of a call."""
        if api_key not in self._keyed:
            key = {} if api_key is None else {"x-api-key": api_key}
            self._keyed[api_key] = {"Content-Type": "application/json", "anthropic-version": _VERSION, **key}
        return self._keyed[api_key]

    def encode(self, prompt: str) -> bytes:
        """The body for one prompt."""
        return self._body.encode(prompt)

    def interpret(self, status: int, body: Any) -> Outcome:
        """What a response means."""
        if status != 200 or members(body).get("type") != "message":
            return _failure(status, body)
        stop_reason = word(body.get("stop_reason"))
        usage = members(body.get("usage"))
        cached, written = count(usage.get("cache_read_input_tokens")), count(usage.get("cache_creation_input_tokens"))
        blocks = [block.get("text") for block in listed(body.get("content")) if block.get("type") == "text"]
        texts = [text for text in blocks if isinstance(text, str)]
        outcome = Outcome(
            Kind.SUCCEEDED,
            completion=clean("".join(texts)) if texts else None,
            finish_reason=stop_reason,
            # What came from the cache, or went there, is not in `input_tokens`.
            input_tokens=total(count(usage.get("input_tokens")), cached, written),
            output_tokens=count(usage.get("output_tokens")),
            response_model=word(body.get("model")),
            cached_input_tokens=cached,
            cache_write_tokens=written,
        )
        if stop_reason in _TRUNCATED:
            return outcome.truncate()
        if stop_reason == "refusal":
            details = members(body.get("stop_details"))
            return outcome.refuse(word(details.get("explanation")) or word(details.get("category")) or "the model refused")
        return outcome if outcome.completion is not None and stop_reason in _COMPLETE else outcome.repeat()


def _failure(status: int, body: Any) -> Outcome:
    error = members(members(body).get("error"))
    message, code = word(error.get("message")), word(error.get("type"))
    if status == 200:
        return Outcome(Kind.TRANSIENT).repeat(message or "answered 200 without a completion")
    outcome = by_status(status, message, code)
    if word(members(error.get("details")).get("error_code")) in _SPENT or _NO_CREDIT in (message or ""):
        return outcome.stop("credit")
    # 529: overloaded. A retry that is sent at once is part of the load.
    return outcome.throttle() if status == 529 else outcome
