"""Which answers to a create mean that no job was made, and none will be."""

from __future__ import annotations

from ....client.outcomes import redact
from ..provider import BatchRejectedError

# Not 408, 409 or 5xx, nor anything unheard of: those may come from a proxy, or after the job was made.
_REFUSALS = frozenset({400, 401, 402, 403, 404, 405, 411, 413, 414, 415, 422, 429, 431})

# 429 too, and yet no wait helps.
_NO_CREDIT = frozenset({"billing_hard_limit_reached", "billing_not_active", "insufficient_quota"})

_ENQUEUED = frozenset({"rate_limit_exceeded", "token_limit_exceeded", "too_many_tasks"})


def is_throttled(status: int | None, code: str | None) -> bool:
    """Whether the same may be accepted later. `status`: HTTP; `code`: the provider's own, where it has one."""
    return code in _ENQUEUED or (status == 429 and code not in _NO_CREDIT)


def refusal(status: int, message: object, code: str | None = None, *, key: str | None) -> BatchRejectedError | None:
    """The error for an answer that is certainly a refusal; None where the answer tells nothing.

    `key`: the API key, which some providers repeat in their messages.
    """
    if status not in _REFUSALS:
        return None
    text = said(message, code, key=key)
    return BatchRejectedError(f"{text} (status {status})", is_throttled=is_throttled(status, code))


def said(message: object, code: str | None = None, *, key: str | None) -> str:
    """The provider's words as one short line without the key, behind its code."""
    text = redact(message if isinstance(message, str) else None, key=key, prompt="")
    return f"{code}: {text}" if code and not text.startswith(code) else text
