"""The requests of one task of several that run side by side in this process: claimed as they are read, slice by slice."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence

from .claims import claims_on
from .client import ConfigurationError, Request
from .one_thread import OneThread, read_ahead

__all__ = ["ClaimedWork", "Row"]

Row = tuple[int, str, str, int, int]
"""The number of a request from 1 on, its key, its prompt, its attempts so far, and those of them before it was requeued."""

_SLICE_BYTES = 4 << 20
_SLICE_ROWS = 4096
_FIRST_SLICE_ROWS = 64
_POLL_S = 0.1


class ClaimedWork(ABC):
    """Requests numbered 1..N, read a slice ahead of their use: a few MiB at any time.

    Each request is claimed as it is read. One that another task of this process has claimed comes last, and only if
    that task leaves it without a response; `settled_elsewhere` counts those that it did not leave.

    The rows are read by one thread, which is not the event loop's.
    """

    def __init__(self, relation: str, responses: str) -> None:
        """`relation`, `responses`: names as SQL text."""
        self.settled_elsewhere = 0
        self._relation = relation
        self._claims = claims_on(responses)
        self._claims.join()
        self._deferred: list[int] = []
        self._rows = _FIRST_SLICE_ROWS
        self._reader = OneThread("dbt-llm-reader")

    @abstractmethod
    def _numbers(self) -> tuple[int, int, int]:
        """How many rows there are, the first number and the last."""

    @abstractmethod
    def _rows_after(self, n: int, most: int) -> list[Row]:
        """The rows with the next numbers, in their order; none where there are no more."""

    @abstractmethod
    def _rows_at(self, numbers: Sequence[int]) -> list[Row]:
        """The rows with these numbers, in their order."""

    @abstractmethod
    def _answered(self, attempts: Mapping[str, int]) -> Collection[str]:
        """Those of the keys that have a response of this invocation, later than so many attempts, which every task can see."""

    @abstractmethod
    def _close(self) -> None:
        """Close what the rows are read from."""

    def count(self) -> int:
        """How many requests there are. Raises `ConfigurationError` unless they are numbered 1..N."""
        count, first, last = self._numbers()
        if (first, last) != (1, count):
            fault = f"{self._relation} is not numbered. Expected n from 1 to {count}"
            raise ConfigurationError([f"{fault}; got {first} to {last}."])
        return count

    async def slices(self) -> AsyncIterator[list[Request]]:
        """All requests in the order of their numbers, slice by slice; then those that other tasks left."""
        async for requests in read_ahead(self._reader, self._read):
            if requests:
                yield requests
        loop = asyncio.get_running_loop()
        while self._deferred:
            if requests := await loop.run_in_executor(self._reader, self._read_deferred):
                yield requests
            elif self._deferred:
                await asyncio.sleep(_POLL_S)
                # Nothing for now: who gathers several for one call has to send what other tasks wait for.
                yield []

    def committed(self, requests: Iterable[Request]) -> None:
        """End the claims on requests whose responses every task can see. From any thread."""
        self._claims.give_back(self, [request.key for request in requests])

    def close(self, but: Collection[str] = ()) -> None:
        """Wait for the last read, give back what is claimed, and close. `but`: keep the claims on these keys."""
        self._reader.shutdown()
        self._claims.give_back_all(self, but)
        self._close()

    def _read(self, after: int) -> tuple[int, list[Request]] | None:
        rows = self._rows_after(after, self._rows)
        if not rows:
            return None
        size = sum(len(prompt) for _, _, prompt, *_ in rows) / len(rows)
        self._rows = max(16, min(_SLICE_ROWS, int(_SLICE_BYTES / max(size, 1))))
        return rows[-1][0], self._claimed(rows)

    def _read_deferred(self) -> list[Request]:
        numbers, self._deferred = self._deferred[: self._rows], self._deferred[self._rows :]
        return self._claimed(self._rows_at(numbers))

    def _claimed(self, rows: list[Row]) -> list[Request]:
        """The requests that are this task's to send; the others are put off, or are settled."""
        mine = self._claims.claim(self, [key for _, key, *_ in rows])
        self._deferred += [n for n, key, *_ in rows if key not in mine]
        # Asked after the claim: a task gives a claim back only once its response can be seen.
        if mine and self._claims.had_other_tasks:
            settled = set(self._answered({key: attempt for _, key, _, attempt, _ in rows if key in mine}))
            self.settled_elsewhere += len(settled)
            self._claims.give_back(self, settled)
            mine -= settled
        return [Request(key, prompt, attempt, before) for _, key, prompt, attempt, before in rows if key in mine]
