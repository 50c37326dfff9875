"""What one HTTP response of a chat completion endpoint means."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .records import ErrorClass

_FATAL_STATUSES = frozenset({401, 402, 403, 404})
_FATAL_CODES = frozenset(
    {
        "account_deactivated",
        "billing_hard_limit_reached",
        "insufficient_quota",
        "invalid_api_key",
        "model_not_found",
        "unknown_model",
    }
)
_FILTER_CODES = frozenset({"content_filter", "content_policy_violation"})
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
    """What one call came to. `message` and `code` are the provider's own words."""

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


def read(status: int, body: bytes) -> Outcome:
    """What a response with this status and body means. Never raises, whatever the body is."""
    if status == 200:
        return _read_completion(body)
    message, code = _read_error(body)
    outcome = Outcome(Kind.FAILED, "invalid_request", message, code, status)
    if status in _FATAL_STATUSES or (400 <= status < 500 and code in _FATAL_CODES):
        outcome.kind = Kind.FATAL
    elif status == 429:
        outcome.kind, outcome.error_class = Kind.THROTTLED, None
    elif status >= 500 or status in _TRANSIENT_STATUSES:
        outcome.kind, outcome.error_class = Kind.TRANSIENT, "provider_error"
    elif code in _FILTER_CODES:
        outcome.error_class = "refused"
    return outcome


def _read_completion(body: bytes) -> Outcome:
    try:
        response = json.loads(body)
        choice = response["choices"][0]
        message = choice["message"]
        completion = _text(message.get("content"))
        finish_reason = choice.get("finish_reason")
        usage = response.get("usage") or {}
        outcome = Outcome(
            Kind.SUCCEEDED,
            completion=completion,
            finish_reason=finish_reason if isinstance(finish_reason, str) else None,
            input_tokens=_count(usage.get("prompt_tokens")),
            output_tokens=_count(usage.get("completion_tokens")),
            response_model=_text(response.get("model")),
        )
        refusal = message.get("refusal")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return _no_completion(body)
    if finish_reason == "length":
        outcome.kind, outcome.error_class = Kind.FAILED, "truncated"
        outcome.message = "the completion was cut off at the limit of output tokens"
    elif finish_reason == "content_filter" or refusal:
        outcome.kind, outcome.error_class = Kind.FAILED, "refused"
        outcome.completion, outcome.message = (
            None,
            _text(refusal) or "filtered by the provider",
        )
    elif completion is None:
        # The usage stays: such an answer may be billed.
        outcome.kind, outcome.error_class, outcome.status = Kind.TRANSIENT, "provider_error", 200
        outcome.message = "answered 200 without a completion"
    return outcome


def _no_completion(body: bytes) -> Outcome:
    # Routers answer 200 with an error object when the provider behind them fails.
    message, code = _read_error(body)
    message = message or "answered 200 without a completion"
    return Outcome(Kind.TRANSIENT, "provider_error", message, code, 200)


def _text(value: object) -> str | None:
    """A text, or the joined texts of a list of content parts (as some gateways send them)."""
    if isinstance(value, list):
        texts = [part.get("text") for part in value if isinstance(part, dict)]
        return _clean("".join(text for text in texts if isinstance(text, str))) if texts else None
    return _clean(value) if isinstance(value, str) else None


def _clean(text: str) -> str:
    """The text without lone surrogates, which JSON can hold (half an emoji, cut off) and no table can."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63
    return value if is_count else None  # type: ignore[return-value]


def _read_error(body: bytes) -> tuple[str | None, str | None]:
    """The message and code of an error body: OpenAI's form, a gateway's, FastAPI's, or none."""
    try:
        parsed: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(parsed, dict):
        return None, None
    error = parsed.get("error", parsed)
    if isinstance(error, str):
        return _clean(error), None
    if not isinstance(error, dict):
        return None, None
    message = error.get("message") or error.get("detail")
    codes = [error.get(name) for name in ("code", "type", "error_code")]
    texts = [code for code in codes if isinstance(code, str) and code]
    known = [code for code in texts if code in _FATAL_CODES | _FILTER_CODES]
    return (
        _clean(message) if isinstance(message, str) else None,
        next(iter(known or texts), None),
    )
