"""What a server has seen."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from typing import Any


class Counters:
    """Counts of one server's calls; safe to read from any thread at any time.

    A call is any HTTP request but those to the Batch APIs, which are in `batch_calls`, and to the server's own URLs.
    For the requests of batches no text is held, so that hundreds of thousands of them have room.
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
            self._batch_calls: Counter[str] = Counter()
            self._batch_submissions: Counter[bytes] = Counter()
            self._batch_answers: Counter[bytes] = Counter()

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

    def batch_called(self, operation: str) -> int:
        """Count a call to a Batch API; return the how-manieth of its operation it is, from 1."""
        with self._lock:
            self._batch_calls[operation] += 1
            return self._batch_calls[operation]

    def submitted(self, prompt: str) -> None:
        """Count a request of a batch job that was created."""
        with self._lock:
            self._batch_submissions[_digest(prompt)] += 1

    def answered_in_batch(self, prompt: str) -> None:
        """Count a request of a batch job that was answered, and charged."""
        with self._lock:
            self._batch_answers[_digest(prompt)] += 1

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

    @property
    def batch_calls(self) -> Counter[str]:
        """Calls to the Batch APIs, by operation: upload, create, retrieve, list, results, cancel, and those of files."""
        with self._lock:
            return self._batch_calls.copy()

    @property
    def submitted_in_batches(self) -> int:
        """Requests of all batch jobs that were created, in whatever state those are."""
        with self._lock:
            return self._batch_submissions.total()

    @property
    def answered_in_batches(self) -> int:
        """Requests of batch jobs that were answered, and charged, whether or not the answer was delivered."""
        with self._lock:
            return self._batch_answers.total()

    def batch_submissions(self, prompt: str) -> int:
        """How often a prompt was submitted in batches."""
        return self._batch_submissions[_digest(prompt)]

    def batch_answers(self, prompt: str) -> int:
        """How often a prompt was answered in batches."""
        return self._batch_answers[_digest(prompt)]

    @property
    def max_batch_submissions_of_a_prompt(self) -> int:
        """The most times that any one prompt was submitted in batches."""
        with self._lock:
            return max(self._batch_submissions.values(), default=0)

    @property
    def max_batch_answers_of_a_prompt(self) -> int:
        """The most times that any one prompt was answered in batches."""
        with self._lock:
            return max(self._batch_answers.values(), default=0)

    def times_seen(self, prompt: str) -> int:
        """How often a prompt has come, in calls and in batches."""
        with self._lock:
            return self._calls_by_prompt[prompt] + self._batch_submissions[_digest(prompt)]

    def by_sha256(self) -> dict[str, dict[str, int]]:
        """Submissions and answers in batches, by the hex sha256 of the prompt."""
        with self._lock:
            counts = {"batch_submissions": self._batch_submissions, "batch_answers": self._batch_answers}
            return {name: {key.hex(): times for key, times in counter.items()} for name, counter in counts.items()}

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
                "batch_calls": dict(self._batch_calls),
                "submitted_in_batches": self._batch_submissions.total(),
                "answered_in_batches": self._batch_answers.total(),
                "max_batch_submissions_of_a_prompt": max(self._batch_submissions.values(), default=0),
                "max_batch_answers_of_a_prompt": max(self._batch_answers.values(), default=0),
            }


def _digest(prompt: str) -> bytes:
    return hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).digest()
