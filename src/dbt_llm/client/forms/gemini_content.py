"""Gemini's generateContent, on the Gemini API and, with an API key, on Vertex AI.

Its subset of JSON Schema, as https://ai.google.dev/api/generate-content lists it (2026-11-25): types, enums of texts and
numbers, bounds of numbers and arrays, formats, `properties`, `required` and `anyOf`. What it lacks is said in the description.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ..endpoint import Endpoint
from ..outcomes import Kind, Outcome, by_status, clean, count, is_success, listed, members, total, word
from ..pacing import duration_s
from .families import take_effort, thinking_config
from .json_schema import instruction
from .request_body import RequestBody, checked, take_max_tokens, take_stop

__all__ = ["GeminiContent", "Schema", "gemini_schema"]

_OURS = (
    *("model", "contents", "systemInstruction", "system_instruction", "tools", "stream", "n", "response_format"),
    *("candidateCount", "candidate_count", "generationConfig", "generation_config"),
    *("responseMimeType", "response_mime_type", "responseSchema", "response_schema"),
    *("responseJsonSchema", "response_json_schema"),
)
_BESIDE = frozenset({"safetySettings", "serviceTier", "cachedContent", "labels", "store"})
"""Parameters that stand beside the `generationConfig`, which holds all others."""

_REFUSED = frozenset(
    {
        *("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"),
        *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"),
    }
)
_A_DAY_S = 86_400.0
_FATAL_REASONS = frozenset({"API_KEY_INVALID", "API_KEY_SERVICE_BLOCKED", "SERVICE_DISABLED", "ACCESS_TOKEN_EXPIRED"})


class GeminiContent:
    """A `Form`: `POST /models/{model}:generateContent`."""

    def __init__(
        self,
        endpoint: Endpoint,
        model_parameters: Mapping[str, Any] | None = None,
        response_format: Mapping[str, Any] | None = None,
        prompt_prefix: str = "",  # noqa: ARG002 - its cache is automatic, and the prefix is where it looks
    ) -> None:
        """Encode what is constant. Raises `ConfigurationError` where a model parameter would change what a response means."""
        parameters = checked(model_parameters, _OURS)
        self._keyed: dict[str | None, Mapping[str, str]] = {}
        model_name = endpoint.model_name.removeprefix("models/")
        self.url = f"{endpoint.base_url}/models/{quote(model_name, safe='')}:generateContent"
        thinking, self.warning = thinking_config(model_name, take_effort(parameters))
        self.cached_bytes = 0
        self.max_output_tokens = take_max_tokens(parameters)
        stop = take_stop(parameters)
        named = {_camel(name): value for name, value in parameters.items()}
        beside = {name: named.pop(name) for name in _BESIDE if name in named}
        if thinking is not None:
            named.setdefault("thinkingConfig", thinking)
        if self.max_output_tokens is not None:
            named["maxOutputTokens"] = self.max_output_tokens
        if stop is not None:
            named["stopSequences"] = stop
        system = None
        if response_format is not None:
            if endpoint.structured_output != "ask":
                named["responseMimeType"] = "application/json"
            if endpoint.structured_output == "schema":
                named["responseJsonSchema"] = gemini_schema(response_format)
            else:
                system = instruction(response_format)

        def layout(prompt: str) -> dict[str, Any]:
            parts: dict[str, Any] = {}
            if system is not None:
                parts["systemInstruction"] = {"parts": [{"text": system}]}
            parts["contents"] = [{"role": "user", "parts": [{"text": prompt}]}]
            if named:
                parts["generationConfig"] = named
            return {**parts, **beside}

        self._body = RequestBody(layout)
        self.constant_bytes = len((system or "").encode())

    def headers(self, api_key: str | None, body: bytes) -> Mapping[str, str]:  # noqa: ARG002 - nothing is signed
        """The headers of a call."""
        if api_key not in self._keyed:
            key = {} if api_key is None else {"x-goog-api-key": api_key}
            self._keyed[api_key] = {"Content-Type": "application/json", **key}
        return self._keyed[api_key]

    def encode(self, prompt: str) -> bytes:
        """The body for one prompt."""
        return self._body.encode(prompt)

    def interpret(self, status: int, body: Any) -> Outcome:
        """What a response means."""
        response = members(body)
        if not is_success(status) or not ("candidates" in response or "promptFeedback" in response):
            return _failure(status, response)
        candidate = next(iter(listed(response.get("candidates"))), {})
        parts = listed(members(candidate.get("content")).get("parts"))
        answered_parts = [part.get("text") for part in parts if part.get("thought") is not True]
        texts = [text for text in answered_parts if isinstance(text, str)]
        reason = word(candidate.get("finishReason"))
        usage = members(response.get("usageMetadata"))
        prompted, answered = count(usage.get("promptTokenCount")), count(usage.get("candidatesTokenCount"))
        outcome = Outcome(
            Kind.SUCCEEDED,
            completion=clean("".join(texts)) if texts else None,
            finish_reason=reason,
            input_tokens=prompted,
            # A blocked or all-thought answer has no count of its own; thoughts are billed as output.
            output_tokens=total(answered or 0, count(usage.get("thoughtsTokenCount"))) if usage else None,
            response_model=word(response.get("modelVersion")),
            cached_input_tokens=count(usage.get("cachedContentTokenCount")),
        )
        if not candidate:
            feedback = members(response.get("promptFeedback"))
            blocked = word(feedback.get("blockReason"))
            if blocked is None:
                return outcome.blank()
            outcome.finish_reason = blocked
            return outcome.refuse(word(feedback.get("blockReasonMessage")) or f"the prompt was blocked ({blocked})")
        if reason == "MAX_TOKENS":
            return outcome.truncate()
        if reason in _REFUSED:
            return outcome.refuse(word(candidate.get("finishMessage")) or f"filtered by the provider ({reason})")
        has_thoughts = any(part.get("thought") is True for part in parts)
        instead = "functionCall" if any("functionCall" in part for part in parts) else "thoughts" if has_thoughts else None
        return outcome.complete(instead, is_whole=reason == "STOP")


def _failure(status: int, body: Mapping[str, Any]) -> Outcome:
    error = members(body.get("error"))
    message = word(error.get("message"))
    if is_success(status):
        return Outcome(Kind.TRANSIENT).repeat(message) if message else Outcome(Kind.BLANK).blank()
    details = listed(error.get("details"))
    reasons = {word(detail.get("reason")) for detail in details}
    outcome = by_status(status, message, word(error.get("status")))
    if reasons & _FATAL_REASONS:
        return outcome.stop("key")
    if error.get("status") == "FAILED_PRECONDITION":
        # No billing account, or not served where the request came from.
        return outcome.stop("credit")
    if status == 429:
        if "credits are depleted" in (message or ""):
            return outcome.stop("credit")
        outcome.retry_after_s = _wait_s(details)
    return outcome


def _wait_s(details: list[Mapping[str, Any]]) -> float | None:
    violations = [violation for detail in details for violation in listed(detail.get("violations"))]
    # The delay that comes with a day's quota is that of a minute's.
    if any("PerDay" in str(violation.get("quotaId")) for violation in violations):
        return _A_DAY_S
    delays = [duration_s(detail["retryDelay"]) for detail in details if isinstance(detail.get("retryDelay"), str)]
    return max((delay for delay in delays if delay is not None), default=None)


def _camel(name: str) -> str:
    """`top_p` as `topP`: tasks write parameters as other providers name them."""
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)


Schema = dict[str, Any]

_KEPT = ("type", "title", "description", "minimum", "maximum", "minItems", "maxItems", "required")
_UNSAID = frozenset({*_KEPT, "enum", "const", "items", "properties", "additionalProperties", "nullable", "examples", "default"})
_FORMATS = frozenset({"date-time", "date", "time"})


def gemini_schema(schema: Mapping[str, Any]) -> Schema:
    """A normalised schema in the subset. What may be missing stays out of `required`."""
    kept: Schema = {key: schema[key] for key in _KEPT if key in schema}
    if schema.get("format") in _FORMATS:
        kept["format"] = schema["format"]
    lost = [f"{key}: {value}" for key, value in schema.items() if key not in _UNSAID and key not in kept]
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if values is not None:
        named = [value for value in values if value is not None]
        if any(isinstance(value, bool) for value in named):
            lost.append(f"one of: {named}")
        else:
            kept["enum"] = named
    if lost:
        kept["description"] = " ".join([*([kept["description"]] if "description" in kept else []), f"({', '.join(lost)})"])
    if isinstance(schema.get("items"), Mapping):
        kept["items"] = gemini_schema(schema["items"])
    if isinstance(schema.get("properties"), Mapping):
        kept["properties"] = {name: gemini_schema(child) for name, child in schema["properties"].items()}
        # Older models write properties in the order of the alphabet otherwise, an answer before its reasons.
        kept["propertyOrdering"] = list(schema["properties"])
        if schema.get("additionalProperties") is False:
            kept["additionalProperties"] = False
    if not schema.get("nullable"):
        return kept
    if "enum" in kept:
        return {"anyOf": [kept, {"type": "null"}]}
    return {**kept, "type": [kept["type"], "null"]}
