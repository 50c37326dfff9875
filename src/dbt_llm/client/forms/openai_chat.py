"""Chat completions, in OpenAI's form: OpenAI's, Azure's, Mistral's, and every compatible server's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..endpoint import Endpoint
from ..outcomes import Kind, Outcome, count, members, text, word
from .openai_cache import OpenAICache
from .openai_errors import failure, headers_for
from .parameters import checked
from .request_body import RequestBody
from .strict_schema import strict
from .structured_output import instruction

_OURS = ("model", "messages", "response_format", "stream", "n")


class OpenAIChat:
    """A `Form`: `POST /chat/completions`."""

    def __init__(
        self,
        endpoint: Endpoint,
        model_parameters: Mapping[str, Any] | None = None,
        response_format: Mapping[str, Any] | None = None,
        prompt_prefix: str = "",
    ) -> None:
        """Encode what is constant. Raises `ConfigurationError` where a model parameter would change what a response means."""
        parameters = checked(model_parameters, _OURS)
        self._headers = headers_for(endpoint)
        self.url = f"{endpoint.base_url}/chat/completions"
        self.warning: str | None = None
        self.max_output_tokens = _max_output_tokens(parameters)
        system = None
        if response_format is not None:
            if endpoint.structured_output == "schema":
                named = {"name": "response", "strict": True, "schema": strict(response_format)}
                parameters["response_format"] = {"type": "json_schema", "json_schema": named}
            else:
                system = instruction(response_format)
                if endpoint.structured_output == "json":
                    parameters["response_format"] = {"type": "json_object"}
        cache = OpenAICache(endpoint, (system or "") + prompt_prefix)
        for name, value in cache.parameters().items():
            parameters.setdefault(name, value)

        def layout(content: object) -> dict[str, Any]:
            messages = [{"role": "user", "content": content}]
            if system is not None:
                messages.insert(0, {"role": "system", "content": system})
            return {"model": endpoint.model_name, "messages": messages, **parameters}

        def divided(rest: str) -> dict[str, Any]:
            prefix = {"type": "text", "text": prompt_prefix, **cache.breakpoint()}
            return layout([prefix, {"type": "text", "text": rest}])

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
        if status != 200:
            return failure(status, body)
        try:
            choice = body["choices"][0]
            message = choice["message"]
            completion = text(message.get("content"))
            refusal = message.get("refusal")
            finish_reason = word(choice.get("finish_reason"))
        except (LookupError, TypeError, AttributeError):
            # Routers answer 200 with an error object when the provider behind them fails.
            fault = failure(200, body)
            return fault.repeat(fault.message) if fault.message else fault.repeat()
        usage = members(body.get("usage"))
        details = members(usage.get("prompt_tokens_details"))
        outcome = Outcome(
            Kind.SUCCEEDED,
            completion=completion,
            finish_reason=finish_reason,
            input_tokens=count(usage.get("prompt_tokens")),
            output_tokens=count(usage.get("completion_tokens")),
            response_model=word(body.get("model")),
            # The second is Mistral's.
            cached_input_tokens=count(details.get("cached_tokens", usage.get("num_cached_tokens"))),
            cache_write_tokens=count(details.get("cache_write_tokens")),
        )
        if finish_reason in ("length", "model_length"):
            return outcome.truncate()
        if finish_reason == "content_filter" or refusal:
            return outcome.refuse(text(refusal))
        return outcome.repeat() if completion is None or finish_reason == "error" else outcome


def _max_output_tokens(parameters: Mapping[str, Any]) -> int | None:
    for name in ("max_completion_tokens", "max_tokens"):
        value = parameters.get(name)
        if isinstance(value, int):
            return value
    return None
