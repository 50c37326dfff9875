"""Anthropic's messages, and what Claude models have in common wherever they are served.

Its prompt cache, on its own API and on Bedrock, keeps what is marked, for a fee that reading pays back, see
https://platform.claude.com/docs/en/build-with-claude/prompt-caching (2026-11-25): a write costs 1.25 times the input
price for five minutes and twice it for an hour, a read a tenth. The time begins anew with each read. What is shorter
than the model's least (512 to 4,096 tokens) is not kept and costs nothing more.

Its subset of JSON Schema, which Bedrock takes too: https://platform.claude.com/docs/en/build-with-claude/structured-outputs
(2026-11-25): objects are closed, no bounds of numbers and lengths, at most 24 optional properties and 16 union types in a
request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..endpoint import Endpoint
from ..outcomes import Kind, Outcome, by_status, clean, count, is_success, listed, members, total, word
from .families import claude_effort, leave_out_refused, take_effort
from .json_schema import instruction
from .request_body import SHORTEST_BYTES, RequestBody, checked, take_max_tokens, take_stop

__all__ = [
    "MOST_OPTIONAL",
    "MOST_UNIONS",
    "TOO_MANY",
    "AnthropicMessages",
    "Schema",
    "closed",
    "time_to_live",
]

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

MOST_OPTIONAL = 24
MOST_UNIONS = 16
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
        warnings = [leave_out_refused(endpoint.model_name, parameters, has_claude=True)]
        effort, warning = claude_effort(endpoint.model_name, take_effort(parameters))
        warnings.append(warning)
        if effort is not None:
            parameters["output_config"] = {"effort": effort, **members(parameters.get("output_config"))}
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
        if not is_success(status) or members(body).get("type") != "message":
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
        kinds = [block.get("type") for block in listed(body.get("content"))]
        instead = "tool_use" if "tool_use" in kinds else "thinking" if "thinking" in kinds else None
        return outcome.complete(instead, is_whole=stop_reason in _COMPLETE)


def _failure(status: int, body: Any) -> Outcome:
    error = members(members(body).get("error"))
    message, code = word(error.get("message")), word(error.get("type"))
    if is_success(status):
        return Outcome(Kind.TRANSIENT).repeat(message) if message else Outcome(Kind.BLANK).blank()
    outcome = by_status(status, message, code)
    if word(members(error.get("details")).get("error_code")) in _SPENT or _NO_CREDIT in (message or ""):
        return outcome.stop("credit")
    # 529: overloaded. A retry that is sent at once is part of the load.
    return outcome.throttle() if status == 529 else outcome


def time_to_live(endpoint: Endpoint, constant_text: str, *, has_cache: bool = True) -> str | None:
    """How long a task's constant text is to be kept, `5m` or `1h`; None: not at all.

    Without a wish, five minutes for what is long enough to be kept by most models, if the model `has_cache`.
    """
    wish = endpoint.prompt_cache
    if wish == "off" or not constant_text.strip():
        return None
    if wish is not None:
        return wish
    is_long = len(constant_text.encode("utf-8", "surrogatepass")) >= SHORTEST_BYTES
    return "5m" if is_long and has_cache else None


Schema = dict[str, Any]

_KEPT = ("type", "enum", "const", "description", "items", "properties")
_UNSAID = frozenset({*_KEPT, "required", "additionalProperties", "nullable", "title", "examples", "default"})
_FORMATS = frozenset({"date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"})


class _Room:
    """How many properties may still be left out of `required` although a union could say it."""

    def __init__(self, omissions: int) -> None:
        self.omissions = omissions


def closed(schema: Mapping[str, Any], *, is_limited: bool = True) -> Schema | None:
    """A normalised schema in the subset; None where its limits cannot be kept (`is_limited`: there are any).

    An optional property stays out of `required`. What must be there and may be null is a union. One that is both
    optional and nullable may be either. What the subset lacks is said in the description, and validated afterwards.
    """
    if not is_limited:
        return _closed(schema, _Room(1 << 30))
    only_omitted = sum(1 for is_optional, is_nullable in _members(schema) if is_optional and not is_nullable)
    only_unions = sum(1 for is_optional, is_nullable in _members(schema) if is_nullable and not is_optional)
    either = sum(1 for is_optional, is_nullable in _members(schema) if is_optional and is_nullable)
    omissions = min(either, MOST_OPTIONAL - only_omitted)
    if omissions < 0 or only_unions + either - omissions > MOST_UNIONS:
        return None
    return _closed(schema, _Room(omissions))


def _members(schema: Mapping[str, Any]) -> Iterator[tuple[bool, bool]]:
    """Whether each property, and each array's items, is optional and is nullable; at all levels."""
    children: list[tuple[bool, Mapping[str, Any]]] = [
        (name not in schema.get("required", schema["properties"]), child) for name, child in schema.get("properties", {}).items()
    ]
    if isinstance(schema.get("items"), Mapping):
        children.append((False, schema["items"]))
    for is_optional, child in children:
        yield is_optional, bool(child.get("nullable"))
        yield from _members(child)


def _closed(schema: Mapping[str, Any], room: _Room) -> Schema:
    kept: Schema = {key: schema[key] for key in _KEPT if key in schema}
    if schema.get("format") in _FORMATS:
        kept["format"] = schema["format"]
    if schema.get("minItems") in (0, 1):
        kept["minItems"] = schema["minItems"]
    lost = [f"{key}: {value}" for key, value in schema.items() if key not in _UNSAID and key not in kept]
    if lost:
        kept["description"] = " ".join([*([kept["description"]] if "description" in kept else []), f"({', '.join(lost)})"])
    if isinstance(schema.get("items"), Mapping):
        kept["items"] = _member(schema["items"], room, is_optional=False)
    if isinstance(schema.get("properties"), Mapping):
        names = schema["properties"]
        required = [name for name in names if name in schema.get("required", names)]
        properties = {}
        for name, child in names.items():
            is_optional = name not in required
            if is_optional and child.get("nullable") and room.omissions == 0:
                required.append(name)
                is_optional = False
            elif is_optional and child.get("nullable"):
                room.omissions -= 1
            properties[name] = _member(child, room, is_optional=is_optional)
        kept.update(properties=properties, required=required, additionalProperties=False)
    return kept


def _member(schema: Mapping[str, Any], room: _Room, *, is_optional: bool) -> Schema:
    """A property or an item. One that may be left out need not be null as well: both become NULL."""
    kept = _closed(schema, room)
    if not schema.get("nullable") or is_optional:
        if isinstance(kept.get("enum"), list):
            kept["enum"] = [value for value in kept["enum"] if value is not None]
        return kept
    if "const" in kept:
        kept["enum"] = [kept.pop("const")]
    if "enum" in kept:
        # The values say their types, null among them.
        kept.pop("type", None)
        kept["enum"] = [*kept["enum"], *([] if None in kept["enum"] else [None])]
        return kept
    if kept.get("type") in ("object", "array"):
        return {"anyOf": [kept, {"type": "null"}]}
    return {**kept, "type": [kept["type"], "null"]}
