"""How fast to go: a rate as a token bucket, and a window of calls in flight that adapts."""

from __future__ import annotations

import asyncio
import time
from collections import deque

FIRST_WINDOW = 16
"""Calls in flight before the first answer: what a wrong key costs at most."""

_SHRINK = 0.75
_GROWTH = 4.0
"""Calls that the window grows by per round trip, once a 429 has ended the slow start."""


class TokenBucket:
    """A rate per minute with a burst of at most one second's worth (one unit at least).

    It keeps the time at which the bucket will be full again, so that taking is one addition, and it may be
    overdrawn: whoever takes is told from when on.
    """

    def __init__(self, per_minute: float) -> None:
        """A full bucket that refills with `per_minute` units a minute."""
        self._seconds_per_unit = 60.0 / per_minute
        self._burst = max(1.0, per_minute / 60.0)
        self._full_at = 0.0

    def take(self, units: float, now: float) -> float:
        """Take `units` and return the (monotonic) time from which on they may be used.

        More than a burst is allowed when the bucket is full: the largest single request must pass.
        """
        burst = max(self._burst, units)
        self._full_at = max(self._full_at, now) + units * self._seconds_per_unit
        return max(now, self._full_at - burst * self._seconds_per_unit)

    def settle(self, units: float) -> None:
        """Take `units` more (or give them back, if negative) now that the real amount is known."""
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
