"""Lines that say how far a run has come."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

EVERY_S = 5.0
"""Seconds between two lines."""

_RECENT = 6
"""The speed is that of so many lines' time."""


@dataclass(frozen=True)
class State:
    """How far a run is: requests, tokens of both kinds, and USD (None: unpriced)."""

    requests: int
    answered: int
    failed: int
    tokens: int
    cost_usd: float | None


class Progress:
    """Makes the lines of one run, at most one every five seconds, and the last one."""

    def __init__(self, task: str, now: float | None = None) -> None:
        """`task`: the name that each line begins with. `now`: monotonic seconds."""
        self._task = task
        self._began_at = time.monotonic() if now is None else now
        self._recent: deque[tuple[float, int]] = deque([(self._began_at, 0)], maxlen=_RECENT)

    def line(self, state: State, now: float | None = None) -> str | None:
        """The next line, if it is time for one."""
        now = time.monotonic() if now is None else now
        if now - self._recent[-1][0] < EVERY_S:
            return None
        since, before = self._recent[0]
        self._recent.append((now, state.answered))
        rate = (state.answered - before) / (now - since)
        parts = [*self._parts(state), f"{_rate(rate)}/s"]
        if rate > 0:
            parts.append(f"{_duration((state.requests - state.answered) / rate)} left")
        return f"{self._task}: {', '.join(parts)}"

    def last_line(self, state: State, stopped: str | None, now: float | None = None) -> str:
        """The line at the end of a run; `stopped`: why it ended early, if it did."""
        took = max((time.monotonic() if now is None else now) - self._began_at, 1e-3)
        parts = [
            *self._parts(state),
            f"{_rate(state.answered / took)}/s",
            _duration(took),
        ]
        line = f"{self._task}: {', '.join(parts)}"
        left = state.requests - state.answered
        return line if stopped is None else f"{line}; stopped ({stopped}), {left:,} left pending"

    def _parts(self, state: State) -> list[str]:
        parts = [
            f"{state.answered:,} of {state.requests:,} requests answered",
            f"{state.failed:,} failed",
            f"{_amount(state.tokens)} tokens",
        ]
        if state.cost_usd is not None:
            parts.append(f"{state.cost_usd:,.2f} USD")
        return parts


def _amount(count: int) -> str:
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if count >= size:
            return f"{count / min(size, 1e3 if unit == 'k' else size):,.1f} {unit}"
    return f"{count:,}"


def _rate(per_second: float) -> str:
    return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.1f}"


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:,.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:,.0f} min"
    return f"{seconds / 3600:,.1f} h"
