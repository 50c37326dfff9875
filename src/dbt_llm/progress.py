"""Lines that say how far a run has come."""

from __future__ import annotations

import time
from collections import deque

from .client import Counts

EVERY_S = 5.0
"""Seconds between two lines."""

_RECENT = 6
"""The speed is that of so many lines' time."""


class Progress:
    """Makes the lines of one run, at most one every five seconds, and the last one."""

    def __init__(self, task: str, now: float | None = None) -> None:
        """`task`: the name that each line begins with. `now`: monotonic seconds."""
        self._task = task
        self._began_at = time.monotonic() if now is None else now
        self._recent: deque[tuple[float, int]] = deque([(self._began_at, 0)], maxlen=_RECENT)

    def line(self, counts: Counts, now: float | None = None) -> str | None:
        """The next line, if it is time for one."""
        now = time.monotonic() if now is None else now
        if now - self._recent[-1][0] < EVERY_S:
            return None
        since, before = self._recent[0]
        self._recent.append((now, counts.answered))
        rate = (counts.answered - before) / (now - since)
        parts = [*self._parts(counts), f"{_rate(rate)}/s"]
        if rate > 0:
            parts.append(f"{_duration(counts.left / rate)} left")
        return f"{self._task}: {', '.join(parts)}"

    def last_line(self, counts: Counts, stopped: str | None, now: float | None = None) -> str:
        """The line at the end of a run; `stopped`: why it ended early, if it did."""
        took = max((time.monotonic() if now is None else now) - self._began_at, 1e-3)
        parts = [
            *self._parts(counts),
            f"{_rate(counts.answered / took)}/s",
            _duration(took),
        ]
        line = f"{self._task}: {', '.join(parts)}"
        return line if stopped is None else f"{line}; stopped ({stopped}), {counts.left:,} left pending"

    def _parts(self, counts: Counts) -> list[str]:
        parts = [
            f"{counts.answered:,} of {counts.requests - counts.elsewhere:,} requests answered",
            f"{counts.failed:,} failed",
            f"{_amount(counts.tokens)} tokens",
        ]
        if counts.cost_usd is not None:
            parts.append(f"{counts.cost_usd:,.2f} USD")
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
