"""How fast to go: a rate as a token bucket, a window of calls in flight that adapts, what headers say about waiting.

All tasks on one endpoint share a gate, which has them all.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from .endpoint import Endpoint
from .errors import FatalEndpointError

__all__ = ["FIRST_WINDOW", "LONGEST_PAUSE_S", "Gate", "TokenBucket", "Window", "duration_s", "exhausted_s", "retry_after_s"]

FIRST_WINDOW = 16
"""Calls in flight before the first answer: what a wrong key costs at most."""

_SHRINK = 0.75
_GROWTH = 4.0
"""Calls that the window grows by per round trip, once a 429 has ended the slow start."""


class TokenBucket:
    """A rate per minute with a burst of at most one second's worth (one unit at least).

    It keeps the time at which the bucket will be full again, so that a reservation is one addition, and it may be
    overdrawn: whoever reserves is told from when on.
    """

    def __init__(self, per_minute: float) -> None:
        """A full bucket that refills with `per_minute` units a minute."""
        self._seconds_per_unit = 60.0 / per_minute
        self._burst = max(1.0, per_minute / 60.0)
        self._full_at = 0.0

    def reserve(self, units: float, now: float) -> float:
        """Reserve `units` and return the (monotonic) time from which on they may be used.

        More than a burst is allowed when the bucket is full: the largest single request must pass.
        """
        burst = max(self._burst, units)
        self._full_at = max(self._full_at, now) + units * self._seconds_per_unit
        return max(now, self._full_at - burst * self._seconds_per_unit)

    def settle(self, units: float) -> None:
        """Reserve `units` more (or give them back, if negative) now that the real amount is known."""
        self._full_at += units * self._seconds_per_unit


class Window:
    """At most so many calls in flight, as many as the endpoint bears. Used by one event loop.

    It opens by one per success until the first 429 (slow start), then by four per round trip; a 429 closes it
    by a quarter, once per round trip.
    """

    def __init__(self, largest: int) -> None:
        """A window of 16, or of `largest` if that is less."""
        self._largest = largest
        self._size = float(min(FIRST_WINDOW, largest))
        self._slow_start = True
        self._shrunk_at = 0.0
        self._in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def size(self) -> int:
        """Calls that may be in flight now."""
        return int(self._size)

    @property
    def in_flight(self) -> int:
        """Places that are taken now."""
        return self._in_flight

    def try_enter(self) -> bool:
        """Take a place if one is free and nobody waits for it."""
        if self._waiting or self._in_flight >= self.size:
            return False
        self._in_flight += 1
        return True

    async def enter(self, *, first: bool = False) -> None:
        """Take a place, waiting for one; `first`: ahead of all who wait."""
        if self.try_enter():
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if first:
            self._waiting.appendleft(place)
        else:
            self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        """Give a place back."""
        self._in_flight -= 1
        while self._waiting and self._in_flight < self.size:
            place = self._waiting.popleft()
            if not place.done():
                self._in_flight += 1
                place.set_result(None)

    def succeeded(self) -> None:
        """Open after a success; takes effect with the next `leave`."""
        if self._size < self._largest:
            grown = self._size + (1.0 if self._slow_start else _GROWTH / self._size)
            self._size = min(grown, float(self._largest))

    def throttled(self, sent_at: float) -> None:
        """Close after a 429 to a call that was sent at this (monotonic) time."""
        self._slow_start = False
        # What was sent before the last change says nothing about it.
        if sent_at >= self._shrunk_at:
            self._size = max(1.0, self._size * _SHRINK)
            self._shrunk_at = time.monotonic()


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
    # OverflowError: a date that is none, as in the year 10000.
    except (TypeError, ValueError, OverflowError):
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
        at = datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, at - time.time())


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else -1.0
    except ValueError:
        return None
    # Comparisons with NaN are false, so this drops it too.
    return number if 0 <= number < float("inf") else None


LONGEST_PAUSE_S = 120.0


class Gate:
    """One per endpoint and process. Used by the client's event loop only."""

    def __init__(self, endpoint: Endpoint) -> None:
        """An open gate with the endpoint's rates."""
        requests, tokens = endpoint.requests_per_minute, endpoint.tokens_per_minute
        self.window = Window(int(endpoint.max_in_flight))
        self.answered_at = 0.0
        """The (monotonic) time of the last response of any status; 0 before the first."""
        self._requests = TokenBucket(requests) if requests is not None else None
        self._tokens = TokenBucket(tokens) if tokens is not None else None
        self._is_paced = requests is not None or tokens is not None
        self._paused_until = 0.0
        self._exhausted_s = 0.0
        self._given_up: tuple[str, FatalEndpointError] | None = None

    def try_enter(self) -> bool:
        """Enter if that needs no wait of any kind."""
        if self._is_paced or self._paused_until > time.monotonic():
            return False
        return self.window.try_enter()

    async def enter(self, tokens: float, *, first: bool = False) -> None:
        """Wait for a place in the window, then for pauses and rates.

        `tokens`: how many the call will use, as far as known. `first`: ahead of those who wait.
        Every `enter` needs a `leave`, unless it raises.
        """
        await self.window.enter(first=first)
        is_reserved = False
        try:
            while True:
                await _sleep_until(self._paused_until)
                ready_at, is_reserved = self._reserve(tokens), True
                await _sleep_until(ready_at)
                if self._paused_until <= time.monotonic():
                    return
                # A pause came first. Give back, so that after it the rates hold for all who wait.
                self._give_back(tokens)
                is_reserved = False
        except BaseException:
            # Who is cancelled while waiting sends nothing.
            if is_reserved:
                self._give_back(tokens)
            self.window.leave()
            raise

    def leave(self) -> None:
        """End a call."""
        self.window.leave()

    def settle(self, tokens: float) -> None:
        """Correct the tokens of a call by the difference of what it used and what was taken for it."""
        if self._tokens is not None:
            self._tokens.settle(tokens)

    def pause(self, seconds: float) -> None:
        """Send nothing more to this endpoint for so long, 120 seconds at most."""
        until = time.monotonic() + min(seconds, LONGEST_PAUSE_S)
        self._paused_until = max(self._paused_until, until)

    def heed(self, headers: Mapping[str, str]) -> float:
        """Pause where the headers say that a rate limit is used up.

        Returns for how long in all, since an answer last said that something was left.
        """
        wait = exhausted_s(headers)
        if wait is None:
            self._exhausted_s = 0.0
        elif self._paused_until < time.monotonic():
            # Answers that come in the same pause ask for the same.
            self._exhausted_s += min(wait, LONGEST_PAUSE_S)
        if wait is not None:
            self.pause(wait)
        return self._exhausted_s

    def give_up(self, invocation_id: str | None, error: FatalEndpointError) -> None:
        """Remember for the rest of this invocation, if it is one, that the endpoint answers nothing."""
        if invocation_id is not None:
            self._given_up = (invocation_id, error)

    def given_up(self, invocation_id: str | None) -> FatalEndpointError | None:
        """Why this invocation has given the endpoint up, if it has."""
        if self._given_up is not None and self._given_up[0] == invocation_id:
            return self._given_up[1]
        return None

    def _reserve(self, tokens: float) -> float:
        now = time.monotonic()
        ready_at = now
        if self._requests is not None:
            ready_at = self._requests.reserve(1, now)
        if self._tokens is not None:
            ready_at = max(ready_at, self._tokens.reserve(tokens, now))
        return ready_at

    def _give_back(self, tokens: float) -> None:
        if self._requests is not None:
            self._requests.settle(-1)
        if self._tokens is not None:
            self._tokens.settle(-tokens)


async def _sleep_until(at: float) -> None:
    while (wait := at - time.monotonic()) > 0:
        await asyncio.sleep(wait)
