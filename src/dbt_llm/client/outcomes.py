"""What goes into the client, what one call came to in one set of words for all providers, and what comes out."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    "Trouble",
    "by_status",
    "clean",
    "count",
    "is_page",
    "is_success",
    "listed",
    "members",
    "parsed",
    "redact",
    "text",
    "told",
    "total",
    "unreadable",
    "vector_of",
    "word",
]

ErrorClass = Literal[
    "truncated",
    "refused",
    "invalid_request",
    "invalid_json",
    "provider_error",
    "timeout",
    "connection_error",
    "throttled",
    "out_of_memory",
]


@dataclass(slots=True)
class Request:
    """One distinct prompt. `key` comes back with its response.

    `attempt`: the attempts of earlier runs. `superseded`: those of them that were before it was requeued.
    """

    key: str
    prompt: str
    attempt: int = 0
    superseded: int = 0

    @property
    def has_failed_before(self) -> bool:
        """Whether an earlier run has kept it as failed, in this round."""
        return self.attempt > self.superseded


@dataclass(slots=True)
class Response:
    """What became of one request.

    A failed response has an `error_class`, and a completion only where it was cut off (`truncated`). `input_tokens` are
    those of the whole prompt; `cached_input_tokens` and `cache_write_tokens` are parts of it, read from and written to the
    provider's prompt cache. `cost_usd` counts a call that may have been billed, and told no tokens, at its estimate.
    Times are seconds since the epoch; they and `latency_ms` are those of the last call, of which a batch tells no latency.
    `vector`: of an embedding, whose completion is an empty text; 32-bit numbers, NaN where there was none.
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
    vector: array[float] | None = None

    @property
    def status(self) -> Literal["succeeded", "failed"]:
        """`succeeded` or `failed`."""
        return "succeeded" if self.error_class is None else "failed"


Fault = Literal["key", "access", "credit", "model", "address", "proxy"]
"""What somebody has to change before any request can succeed; `access` may also be one prompt's own matter."""

_FAULTS: Mapping[int, Fault] = {
    401: "key",
    402: "credit",
    403: "access",
    404: "model",
    407: "proxy",
    451: "access",
    511: "proxy",
    **dict.fromkeys((405, 410, 421, 426, 501, 505), "address"),
}
_TRANSIENT_STATUSES = frozenset({408, 409})
_LATE_STATUSES = frozenset({504, 524})
"""A gateway's, which waited no longer than it may: what stands behind it has worked, and bills."""
_TOO_LARGE = re.compile(r"request too large|tokens must be reduced|reduce your message size", re.IGNORECASE)
"""Of a 429 that no wait will mend: one request is more than a minute's quota."""


class Kind(Enum):
    """What to do next."""

    SUCCEEDED = "keep it"
    FAILED = "keep it as a failure: the same request would fail again"
    TRANSIENT = "try it again after a pause"
    BLANK = "try it once more: it may be billed, and holds no answer"
    THROTTLED = "try it again later, and slow down"
    FATAL = "stop: every other request would meet the same"


class Trouble(Enum):
    """What came of a request that is not tried again; what follows from it is a row of the table in `verdicts`."""

    OWN = "refused, cut off, or too long for the model: the request's own, by the endpoint's words"
    TOO_LARGE = "larger than a quota or a gateway allows"
    REFUSED = "answered 400, 422 or the like: the request's fault, or a setting's"
    BLOCKED = "answered 403 or a page of HTML: the key's fault, or a filter's on the way"
    MISSET = "no such key, credit, model or address"
    UNREACHABLE = "nobody there"
    PUT_OFF = "told to wait for longer than a run may"
    BROKEN = "answered 500 or the like, each time"
    DROPPED = "hung up on, each time"
    LATE = "no answer in time"
    EMPTY = "a completion with nothing in it"
    NO_ANSWER = "a response without a completion"


@dataclass(slots=True)
class Outcome:
    """What one call came to. `message` and `code` are the provider's own words.

    `input_tokens` are those of the whole prompt, whatever part of it came from the provider's prompt cache
    (`cached_input_tokens`) or was written to it (`cache_write_tokens`). `output_tokens` hold what was thought too.
    `retry_after_s`: the wait that the body, not a header, asks for. `fault`: what a fatal answer is about. `trouble`:
    where kind and status do not tell it. `is_late`: given up while somebody may have been at work on it. `vectors`: of a
    call for embeddings, by the places of its inputs.
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
    trouble: Trouble | None = None
    is_late: bool = False
    vectors: Mapping[int, array[float]] = field(default_factory=dict)

    @property
    def may_be_billed(self) -> bool:
        """Whether the provider may have worked for it."""
        is_answer = self.kind is Kind.FAILED and self.status in (None, 200)
        return is_answer or self.is_late or self.kind in (Kind.SUCCEEDED, Kind.BLANK)

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

    def repeat(self, message: str) -> Outcome:
        """Make it worth another try: an error with the status of an answer."""
        self.kind, self.error_class, self.status = Kind.TRANSIENT, "provider_error", 200
        self.completion, self.message = None, message
        return self

    def blank(self, came: str | None = None, *, is_whole: bool = False) -> Outcome:
        """Make it no answer. The usage stays, as it may be billed.

        `came`: what there is in the place of a completion. `is_whole`: a response as it should be, but for its text.
        """
        self.kind, self.error_class, self.status = Kind.BLANK, "provider_error", 200
        self.trouble = Trouble.EMPTY if is_whole and came is None else Trouble.NO_ANSWER
        what = "an empty completion" if self.trouble is Trouble.EMPTY else "no completion"
        self.completion, self.message = None, f"answered 200 with {what}" + (f"; what came is {came}" if came else "")
        return self

    def complete(self, came: str | None = None, *, is_whole: bool = True) -> Outcome:
        """Leave it a success if its completion says anything and is `is_whole`; else make it no answer."""
        has_text = self.completion is not None and bool(self.completion.strip())
        if has_text and is_whole:
            return self
        return self.blank(f"a text with the finish reason '{self.finish_reason}'" if has_text else came, is_whole=is_whole)

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


def is_success(status: int) -> bool:
    """Whether a response with this HTTP status is an answer."""
    return 200 <= status < 300


def is_page(content: bytes) -> bool:
    """Whether a body is HTML or XML, which no provider answers."""
    return content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def unreadable(content: bytes) -> Outcome:
    """What an answer comes to whose body is no JSON."""
    outcome = Outcome(Kind.BLANK)
    if is_page(content):
        # A login, a filter or a gateway's own page: no language model has worked for it.
        outcome.trouble = Trouble.BLOCKED
        return outcome.repeat("answered 200 with a page of HTML")
    if content[:64].lstrip().startswith((b"data:", b"event:", b":")):
        return outcome.blank("a stream, which was not asked for")
    return outcome.blank()


def by_status(status: int, message: str | None, code: str | None) -> Outcome:
    """What an HTTP status that is no answer means by itself."""
    outcome = Outcome(Kind.FAILED, "invalid_request", message, code, status)
    fault = "address" if 300 <= status < 400 else _FAULTS.get(status)
    if fault is not None:
        return outcome.stop(fault)
    if status == 429 and not _TOO_LARGE.search(message or ""):
        return outcome.throttle()
    if status >= 500 or status in _TRANSIENT_STATUSES:
        outcome.kind, outcome.error_class = Kind.TRANSIENT, "provider_error"
        outcome.is_late = status in _LATE_STATUSES
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


def vector_of(numbers: Sequence[object]) -> array[float]:
    """The numbers of a vector as they are kept: in 32 bits, with NaN in the place of what is none."""
    try:
        return array("f", numbers)  # type: ignore[arg-type]
    except (TypeError, OverflowError):
        return array("f", map(_number, numbers))


def _number(item: object) -> float:
    is_number = isinstance(item, int | float)
    try:
        return float(item) if is_number else float("nan")  # type: ignore[arg-type]
    except OverflowError:
        return float("inf")


def members(value: object) -> Mapping[str, Any]:
    """A JSON object; an empty one where it is none."""
    return value if isinstance(value, dict) else {}
