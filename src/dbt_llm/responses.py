"""The rows of dbt_llm__responses as every engine of this companion writes them: their columns, and the buffered sink."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime, timezone
from operator import attrgetter
from typing import Any

from .client import Request, Response

__all__ = [
    "COLUMNS",
    "LABEL_COLUMNS",
    "TYPES",
    "Answer",
    "BufferedResponses",
    "Labels",
    "response_columns",
    "response_rows",
]

Answer = tuple[Request, Response]

TYPES: Mapping[str, type] = {
    "request_key": str,
    "task": str,
    "model_name": str,
    "prompt_version": str,
    "status": str,
    "completion": str,
    "error_class": str,
    "error_message": str,
    "finish_reason": str,
    "input_tokens": int,
    "output_tokens": int,
    "cost_usd": float,
    "latency_ms": int,
    "attempt": int,
    "engine": str,
    "response_model": str,
    "batch_id": str,
    "invocation_id": str,
    "requested_at": datetime,
    "responded_at": datetime,
    "prompt": str,
    "cached_input_tokens": int,
}
"""The columns of the responses table, in its order, and what they hold.

A column is a field of `Labels` or of `Response` by its name, or of the request: `request_key`, `attempt`, `prompt`.
"""
COLUMNS = tuple(TYPES)


@dataclass(frozen=True)
class Labels:
    """What is the same in every row that a run of a task writes, or a batch job's results."""

    task: str
    model_name: str
    prompt_version: str | None
    invocation_id: str | None
    engine: str
    batch_id: str | None = None


LABEL_COLUMNS = tuple(field.name for field in fields(Labels))
"""The columns that are the same in every row of a write."""

_REQUEST_COLUMNS = ("request_key", "attempt", "prompt")
_RESPONSE_COLUMNS = tuple(name for name in COLUMNS if name not in (*LABEL_COLUMNS, *_REQUEST_COLUMNS))
_values_of_response = attrgetter(*_RESPONSE_COLUMNS)
_ROOM = 20_000


def response_columns(answers: Sequence[Answer], *, store_prompts: bool = False) -> dict[str, Sequence[Any]]:
    """The columns that differ from row to row, of one answer or more. Times are seconds since the epoch."""
    values = zip(*(_values_of_response(response) for _, response in answers), strict=True)
    columns: dict[str, Sequence[Any]] = dict(zip(_RESPONSE_COLUMNS, values, strict=True))
    columns["request_key"] = [request.key for request, _ in answers]
    columns["attempt"] = [request.attempt + 1 for request, _ in answers]
    columns["prompt"] = [request.prompt if store_prompts else None for request, _ in answers]
    return columns


def response_rows(answers: Sequence[Answer], labels: Labels, *, store_prompts: bool = False) -> list[dict[str, Any]]:
    """The rows of so many answers; their keys are the table's columns, in its order. Times are UTC."""
    if not answers:
        return []
    columns = response_columns(answers, store_prompts=store_prompts)
    for name in LABEL_COLUMNS:
        columns[name] = [getattr(labels, name)] * len(answers)
    for name, kind in TYPES.items():
        if kind is datetime:
            columns[name] = [datetime.fromtimestamp(seconds, timezone.utc) for seconds in columns[name]]
    in_order = zip(*(columns[name] for name in COLUMNS), strict=True)
    return [dict(zip(COLUMNS, values, strict=True)) for values in in_order]


def _nobody_waits(requests: Iterable[Request]) -> None:
    """For tasks that do not know of each other."""


def _nothing_to_close() -> None:
    """For a thread and a session that are another's."""


class BufferedResponses:
    """A `Sink` that writes responses together: those of a short time in one commit.

    They are kept in the event loop and written by one thread, so that the loop never waits for a disk or a network.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Answer]], None],
        writer: Executor,
        *,
        linger_s: float,
        committed: Callable[[Iterable[Request]], None] = _nobody_waits,
        close: Callable[[], None] = _nothing_to_close,
    ) -> None:
        """`write`: append answers; they are committed when it returns. `writer`: the one thread that it is called in.

        `linger_s`: how long answers are gathered for one write. `committed`: told after each write, from the writing
        thread, which requests it was for, and of each whose response is held back. `close`: called after the last write.
        """
        self._write = write
        self._writer = writer
        self._linger_s = linger_s
        self._committed = committed
        self._close = close
        self._kept: list[Answer] = []
        self._flusher: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def keep(self, request: Request, response: Response) -> None:
        """Take a response. Raises what the last write raised."""
        self._kept.append((request, response))
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._flush())
        elif self._flusher.done():
            self._flusher.result()

    def let_go(self, request: Request) -> None:
        """End the claim on a request whose response is held back."""
        self._committed([request])

    async def wait_for_room(self) -> None:
        """Return once fewer than 20,000 responses wait for their write."""
        while len(self._kept) >= _ROOM and self._flusher is not None:
            await asyncio.wait([self._flusher])

    async def close(self) -> None:
        """Write what is left at once, and close. Raises what the last writes raised."""
        self._closing.set()
        try:
            while self._flusher is not None:
                await self._flusher
        finally:
            self._close()

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        kept_at = time.monotonic()
        while self._kept:
            # asyncio's own name was an error apart before Python 3.11.
            with suppress(asyncio.TimeoutError, TimeoutError):
                await asyncio.wait_for(self._closing.wait(), max(0.0, kept_at + self._linger_s - time.monotonic()))
            answers, self._kept = self._kept, []
            kept_at = time.monotonic()
            await loop.run_in_executor(self._writer, self._commit, answers)
        self._flusher = None

    def _commit(self, answers: Sequence[Answer]) -> None:
        self._write(answers)
        self._committed(request for request, _ in answers)
