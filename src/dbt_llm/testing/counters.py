"""What a server has seen."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any


class Counters:
    """Counts of one server's calls; safe to read from any thread at any time.

    A call is any HTTP request but those for the server's own `/_stats` and `/_reset`.
    """

    def __init__(self, *, record: bool = True) -> None:
        self._record = record
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self._calls = self._answered = self._in_flight = self._max_in_flight = 0
            self._by_status: Counter[int] = Counter()
            self._by_fault: Counter[str] = Counter()
            self._calls_by_prompt: Counter[str] = Counter()
            self._prompts: list[str] = []
            self._bodies: list[dict[str, Any]] = []

    def arrived(self) -> int:
        """Count a call that begins; return which one it is, from 1."""
        with self._lock:
            self._calls += 1
            self._in_flight += 1
            self._max_in_flight = max(self._max_in_flight, self._in_flight)
            return self._calls

    def asked(self, prompt: str, body: dict[str, Any]) -> int:
        """Count a call's prompt; return how many times it has been seen, this one included."""
        with self._lock:
            self._calls_by_prompt[prompt] += 1
            if self._record:
                self._prompts.append(prompt)
                self._bodies.append(body)
            return self._calls_by_prompt[prompt]

    def ended(self, status: int, *, answered: bool = False, fault: str | None = None) -> None:
        """Count the end of a call."""
        with self._lock:
            # A reset while the call was in flight has already forgotten it.
            self._in_flight = max(0, self._in_flight - 1)
            self._by_status[status] += 1
            self._answered += answered
            if fault is not None:
                self._by_fault[fault] += 1

    @property
    def calls(self) -> int:
        """All calls."""
        return self._calls

    @property
    def answered(self) -> int:
        """Calls that got a completion as the answer function gave it, with status 200."""
        return self._answered

    @property
    def in_flight(self) -> int:
        """Calls that wait for their answer now."""
        return self._in_flight

    @property
    def max_in_flight(self) -> int:
        """The most calls that ever waited at once."""
        return self._max_in_flight

    @property
    def by_status(self) -> Counter[int]:
        """Calls by HTTP status; 0: the server closed the connection, 499: the client did."""
        with self._lock:
            return self._by_status.copy()

    @property
    def by_fault(self) -> Counter[str]:
        """Calls by the fault that they met."""
        with self._lock:
            return self._by_fault.copy()

    @property
    def calls_by_prompt(self) -> Counter[str]:
        """Calls by prompt."""
        with self._lock:
            return self._calls_by_prompt.copy()

    @property
    def prompts(self) -> list[str]:
        """The prompts in the order in which they came; empty with `record=False`."""
        with self._lock:
            return self._prompts.copy()

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The request bodies in the order in which they came; empty with `record=False`."""
        with self._lock:
            return self._bodies.copy()

    def summary(self) -> dict[str, Any]:
        """All counts as JSON, without any text of a prompt."""
        with self._lock:
            return {
                "calls": self._calls,
                "answered": self._answered,
                "in_flight": self._in_flight,
                "max_in_flight": self._max_in_flight,
                "distinct_prompts": len(self._calls_by_prompt),
                "max_calls_of_a_prompt": max(self._calls_by_prompt.values(), default=0),
                "by_status": {str(status): count for status, count in self._by_status.items()},
                "by_fault": dict(self._by_fault),
            }
