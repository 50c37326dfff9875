"""Chat completions, in OpenAI's form: OpenAI's, Azure's, Mistral's, and every compatible server's.

And what is the same in all that OpenAI's servers are asked. Its prompt cache is automatic up to gpt-5.5, and from gpt-5.6 on
with writes that are billed, see https://developers.openai.com/api/docs/guides/prompt-caching (2026-11-25): from gpt-5.6 on
a write costs 1.25 times the input price, and by default the end of each prompt is written. A task's prompts differ at their
ends, so all of these writes would be wasted: what is constant is marked instead, and nothing else is written.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from ..endpoint import Endpoint
from ..outcomes import Fault, Kind, Outcome, by_status, count, is_success, listed, members, text, word
from .families import leave_out_refused, name_of_most_tokens
from .json_schema import instruction, strict
from .request_body import SHORTEST_BYTES, RequestBody, checked, take_max_tokens

__all__ = ["OpenAICache", "OpenAIChat", "error_in_answer", "failure", "headers_for"]

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
        self.warning = leave_out_refused(endpoint.model_name, parameters)
        self.max_output_tokens = _max_output_tokens(parameters)
        name = name_of_most_tokens(endpoint.model_name, endpoint.provider)
        if name is not None:
            self.max_output_tokens = take_max_tokens(parameters)
            if self.max_output_tokens is not None:
                parameters[name] = self.max_output_tokens
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
        for parameter, value in cache.parameters().items():
            parameters.setdefault(parameter, value)

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
        if not is_success(status):
            return failure(status, body)
        try:
            choice = body["choices"][0]
            message = choice["message"]
            completion = text(message.get("content"))
            refusal = message.get("refusal")
            finish_reason = word(choice.get("finish_reason"))
        except (LookupError, TypeError, AttributeError):
            return error_in_answer(body)
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
        return outcome.complete(_instead(message), is_whole=finish_reason != "error")


def _instead(message: Mapping[str, Any]) -> str | None:
    """What a message holds in the place of its content."""
    for name in ("reasoning_content", "reasoning"):
        if isinstance(message.get(name), str) and message[name].strip():
            # vLLM and others, where a reasoning parser is set for a model or a mode that does not think.
            return f"{name}: set the server's reasoning parser, or the model's thinking, otherwise"
    return "tool_calls" if listed(message.get("tool_calls")) or message.get("function_call") else None


def _max_output_tokens(parameters: Mapping[str, Any]) -> int | None:
    for name in ("max_completion_tokens", "max_tokens"):
        value = parameters.get(name)
        if isinstance(value, int):
            return value
    return None


_VERSION = re.compile(r"gpt-(\d+)(?:\.(\d+))?")


class OpenAICache:
    """What one task asks of the cache."""

    def __init__(self, endpoint: Endpoint, constant_text: str) -> None:
        """`constant_text`: what all prompts of the task begin with, the system message included."""
        wish = endpoint.prompt_cache
        is_long = len(constant_text.encode("utf-8", "surrogatepass")) >= SHORTEST_BYTES
        if _is_openai(endpoint):
            has_marks = _bills_writes(endpoint.model_name)
        else:
            # The name of a deployment, or of a model behind a router, says nothing: there the wish decides.
            has_marks = endpoint.provider in ("openai", "azure") and wish is not None
        self.is_marked = has_marks and (wish == "30m" or (wish is None and is_long))
        self._model_name = endpoint.model_name
        self._constant_text = constant_text
        self._has_marks = has_marks
        takes_key = _is_openai(endpoint) or endpoint.provider in ("azure", "mistral")
        self._has_key = takes_key and is_long and wish != "off"

    def parameters(self) -> dict[str, Any]:
        """Request parameters that a task may overrule."""
        parameters: dict[str, Any] = {}
        if self._has_key:
            # Requests with one key are led to where their beginning is cached.
            words = f"{self._model_name}\n{self._constant_text}".encode("utf-8", "surrogatepass")
            parameters["prompt_cache_key"] = hashlib.sha256(words).hexdigest()[:32]
        if self._has_marks:
            parameters["prompt_cache_options"] = {"mode": "explicit"}
        return parameters

    def breakpoint(self) -> dict[str, Any]:
        """What marks the part at whose end the cached text ends."""
        return {"prompt_cache_breakpoint": {"mode": "explicit"}}


def _is_openai(endpoint: Endpoint) -> bool:
    return endpoint.provider == "openai" and urlsplit(endpoint.base_url).hostname == "api.openai.com"


def _bills_writes(model_name: str) -> bool:
    found = _VERSION.match(model_name)
    return found is not None and (int(found[1]), int(found[2] or 0)) >= (5, 6)


_FATAL_CODES: Mapping[str, Fault] = {
    "account_deactivated": "key",
    "billing_hard_limit_reached": "credit",
    "insufficient_quota": "credit",
    "invalid_api_key": "key",
    "model_not_found": "model",
    "unknown_model": "model",
    # Mistral's.
    "invalid_model": "model",
    # Snowflake's: an expired session or token, told with the status 200.
    **dict.fromkeys(("390110", "390111", "390112", "390113", "390114", "390115", "390318"), "key"),
}
_FILTER_CODES = frozenset({"content_filter", "content_policy_violation"})


def headers_for(endpoint: Endpoint) -> Callable[[str | None], Mapping[str, str]]:
    """A function from the key to the headers of a call, which are made once."""
    made: dict[str | None, Mapping[str, str]] = {}

    def headers(api_key: str | None) -> Mapping[str, str]:
        if api_key not in made:
            key = {} if api_key is None else _key_header(endpoint, api_key)
            made[api_key] = {"Content-Type": "application/json", **key}
        return made[api_key]

    return headers


def _key_header(endpoint: Endpoint, api_key: str) -> dict[str, str]:
    return {"api-key": api_key} if endpoint.provider == "azure" else {"Authorization": f"Bearer {api_key}"}


def failure(status: int, body: Any) -> Outcome:
    """What a response without a completion means: OpenAI's form, a gateway's, FastAPI's, or none."""
    message, code = _words(body)
    outcome = by_status(status, message, code)
    if status < 500 and code is not None and code in _FATAL_CODES:
        return outcome.stop(_FATAL_CODES[code])
    if outcome.error_class == "invalid_request" and code in _FILTER_CODES:
        outcome.error_class = "refused"
    return outcome


def error_in_answer(body: Any) -> Outcome:
    """What an answer means that is no response: routers answer 200 with an error object when the provider behind them fails."""
    fault = failure(200, body)
    if fault.kind is Kind.FATAL:
        return fault
    return fault.repeat(fault.message) if fault.message else fault.blank()


def _words(body: Any) -> tuple[str | None, str | None]:
    if not isinstance(body, dict):
        return None, None
    error = body.get("error", body)
    if isinstance(error, str):
        return word(error), None
    if not isinstance(error, dict):
        return None, None
    message = error.get("message") or error.get("detail")
    codes = [_code(error.get(name)) for name in ("code", "type", "error_code")]
    texts = [code for code in codes if code]
    known = [code for code in texts if code in _FATAL_CODES or code in _FILTER_CODES]
    return (
        word(message),
        next(iter(known or texts), None),
    )


def _code(value: object) -> str | None:
    """A code that tells more than the status does, which some repeat as a number."""
    is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 1_000
    return str(value) if is_number else word(value)
