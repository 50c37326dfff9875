"""What response headers say about waiting."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

_OPENAI_LIMITS = tuple((f"x-ratelimit-remaining-{kind}", f"x-ratelimit-reset-{kind}") for kind in ("requests", "tokens"))
_ANTHROPIC_LIMITS = tuple(
    (f"anthropic-ratelimit-{kind}-remaining", f"anthropic-ratelimit-{kind}-reset")
    for kind in ("requests", "tokens", "input-tokens", "output-tokens")
)

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by `retry-after-ms` or `Retry-After` (seconds or an HTTP date), if given."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("Retry-After")
    if text is None:
        return None
    seconds = _number(text)
    if seconds is not None:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def exhausted_s(headers: Mapping[str, str]) -> float | None:
    """Seconds until a rate limit that is used up resets, by OpenAI's or Anthropic's headers; None where none is used up."""
    waits = [duration_s(headers.get(reset, "")) for remaining, reset in _OPENAI_LIMITS if headers.get(remaining) == "0"] + [
        _until_s(headers.get(reset, "")) for remaining, reset in _ANTHROPIC_LIMITS if headers.get(remaining) == "0"
    ]
    known = [wait for wait in waits if wait is not None]
    return max(known) if known else None


def duration_s(text: str) -> float | None:
    """Seconds of a duration such as `6m0s`, `1s`, `20ms` or `3`; None where it is none."""
    number = _number(text)
    if number is not None:
        return number
    parts = _PART.findall(text)
    if not parts or "".join(value + unit for value, unit in parts) != text.strip():
        return None
    return sum(float(value) * _SECONDS[unit] for value, unit in parts)


def _until_s(text: str) -> float | None:
    """Seconds until an instant such as `2026-11-25T12:00:00Z`; None where it is none."""
    try:
        # Python 3.10 does not know the Z.
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return max(0.0, at.timestamp() - time.time())


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else -1.0
    except ValueError:
        return None
    # Comparisons with NaN are false, so this drops it too.
    return number if 0 <= number < float("inf") else None
