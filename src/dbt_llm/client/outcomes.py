"""What goes into the client, what one call came to in one set of words for all providers, and what comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

from .redaction import redact, token, visible

__all__ = [
    "ErrorClass",
    "Fault",
    "Kind",
    "Outcome",
    "Request",
    "Response",
    "by_status",
    "clean",
    "count",
    "listed",
    "members",
    "parsed",
    "redact",
    "text",
    "told",
    "total",
    "word",
]

ErrorClass = Literal[
    "truncated",
    "refused",
    "invalid_request",
    "provider_error",
    "timeout",
    "connection_error",
    "throttled",
]


@dataclass(slots=True)
class Request:
    """One distinct prompt. `key` comes back with its response.

    `attempt`: the attempts of earlier runs.
    """

    key: str
    prompt: str
    attempt: int = 0


@dataclass(slots=True)
class Response:
    """What became of one request.

    A failed response has an `error_class`, and a completion only where it was cut off (`truncated`). `input_tokens` are
    those of the whole prompt; `cached_input_tokens` and `cache_write_tokens` are parts of it, read from and written to the
    provider's prompt cache. Times are seconds since the epoch; they and `latency_ms` are those of the last call, of which
    a batch tells no latency.
    """

    completion: str | None
    error_class: ErrorClass | None
    error_message: str | None
    finish_reason: str | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    latency_ms: int | None
    response_model: str | None
    requested_at: float
    responded_at: float
    cached_input_tokens: int | None = None
    cache_write_tokens: int | None = None

    @property
    def status(self) -> Literal["succeeded", "failed"]:
        """`succeeded` or `failed`."""
        return "succeeded" if self.error_class is None else "failed"


Fault = Literal["key", "credit", "model"]
"""What somebody has to change before any request can succeed."""

_FAULTS: Mapping[int, Fault] = {401: "key", 402: "credit", 403: "key", 404: "model"}
_TRANSIENT_STATUSES = frozenset({408, 409})


class Kind(Enum):
    """What to do next."""

    SUCCEEDED = "keep it"
    FAILED = "keep it as a failure: the same request would fail again"
    TRANSIENT = "try it again after a pause"
    THROTTLED = "try it again later, and slow down"
    FATAL = "stop: every other request would meet the same"


@dataclass(slots=True)
class Outcome:
    """What one call came to. `message` and `code` are the provider's own words.

    `input_tokens` are those of the whole prompt, whatever part of it came from the provider's prompt cache
    (`cached_input_tokens`) or was written to it (`cache_write_tokens`). `output_tokens` hold what was thought too.
    `retry_after_s`: the wait that the body, not a header, asks for. `fault`: what a fatal answer is about.
    """

    kind: Kind
    error_class: ErrorClass | None = None
    message: str | None = None
    code: str | None = None
    status: int | None = None
    completion: str | None = None
    finish_reason: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    response_model: str | None = None
    cached_input_tokens: int | None = None
    cache_write_tokens: int | None = None
    retry_after_s: float | None = None
    fault: Fault | None = None

    def fail(self, error_class: ErrorClass, message: str, *, keep: bool = False) -> Outcome:
        """Make it a failure that would repeat itself. `keep`: the completion is worth keeping, as one that was cut off."""
        self.kind, self.error_class, self.message = Kind.FAILED, error_class, message
        if not keep:
            self.completion = None
        return self

    def truncate(self) -> Outcome:
        """Make it a completion that was cut off."""
        return self.fail("truncated", "the completion was cut off at the limit of output tokens", keep=True)

    def refuse(self, message: str | None) -> Outcome:
        """Make it a refusal, by the language model or by a filter."""
        return self.fail("refused", message or "filtered by the provider")

    def repeat(self, message: str = "answered 200 without a completion") -> Outcome:
        """Make it worth another try. The usage stays: such an answer may be billed."""
        self.kind, self.error_class, self.status = Kind.TRANSIENT, "provider_error", 200
        self.completion, self.message = None, message
        return self

    def stop(self, fault: Fault) -> Outcome:
        """Make it fatal."""
        self.kind, self.error_class, self.fault = Kind.FATAL, "invalid_request", fault
        return self

    def throttle(self) -> Outcome:
        """Make it back-pressure."""
        self.kind, self.error_class = Kind.THROTTLED, None
        return self


def parsed(content: bytes) -> Any:
    """The JSON value of a response's body; None where it is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def by_status(status: int, message: str | None, code: str | None) -> Outcome:
    """What an HTTP status other than 200 means by itself."""
    outcome = Outcome(Kind.FAILED, "invalid_request", message, code, status)
    if status in _FAULTS:
        return outcome.stop(_FAULTS[status])
    if status == 429:
        return outcome.throttle()
    if status >= 500 or status in _TRANSIENT_STATUSES:
        outcome.kind, outcome.error_class = Kind.TRANSIENT, "provider_error"
    return outcome


def text(value: object) -> str | None:
    """A text, or the joined texts of a list of content parts; None where it is neither."""
    if isinstance(value, list):
        texts = [part.get("text") for part in value if isinstance(part, dict)]
        return clean("".join(text for text in texts if isinstance(text, str))) if texts else None
    return clean(value) if isinstance(value, str) else None


_LONGEST_WORD = 4_000


def word(value: object) -> str | None:
    """A text that is no completion, without what cannot be seen; None where it is none."""
    return visible(clean(value[:_LONGEST_WORD])) if isinstance(value, str) else None


def told(outcome: Outcome, *, key: str | None, prompt: str, model_name: str | None = None) -> str:
    """What the provider says of a failure, as far as it may be shown: words that tell nothing of a person, or its code."""
    words = redact(outcome.message, key=key, prompt=prompt, model_name=model_name).rstrip(".") if outcome.message else None
    code = token(outcome.code)
    return code if code is not None and words in (None, "…") else words or "no message"


def listed(value: object) -> list[Mapping[str, Any]]:
    """The JSON objects of a list; none where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def clean(text: str) -> str:
    """The text without lone surrogates, which JSON can hold (half an emoji, cut off) and no table can."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_MOST_TOKENS = 1 << 31
"""Of one request: far beyond any context, and so few that a table's whole history can be summed up."""


def count(value: object) -> int | None:
    """A number of tokens; None where it is none that a request could have."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST_TOKENS
    return value if is_count else None  # type: ignore[return-value]


def total(*counts: int | None) -> int | None:
    """The sum of counts of which the first must be known; the others may be absent."""
    return None if counts[0] is None else sum(count or 0 for count in counts)


def members(value: object) -> Mapping[str, Any]:
    """A JSON object; an empty one where it is none."""
    return value if isinstance(value, dict) else {}
