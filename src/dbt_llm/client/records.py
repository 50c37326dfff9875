"""What goes into the client and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
    provider's prompt cache. Times are seconds since the epoch; they and `latency_ms` are those of the last call.
    """

    completion: str | None
    error_class: ErrorClass | None
    error_message: str | None
    finish_reason: str | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    latency_ms: int
    response_model: str | None
    requested_at: float
    responded_at: float
    cached_input_tokens: int | None = None
    cache_write_tokens: int | None = None

    @property
    def status(self) -> Literal["succeeded", "failed"]:
        """`succeeded` or `failed`."""
        return "succeeded" if self.error_class is None else "failed"
