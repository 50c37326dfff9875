"""The sink that every engine of this companion writes its responses through: together, again where that fails, one by one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Executor
from contextlib import suppress

from .client import Request, Response
from .responses import Answer

__all__ = ["COMMIT_BYTES", "LINGER_S", "BufferedResponses", "WriteError"]

LINGER_S = 0.1
"""How long answers are gathered that are written on this machine."""
COMMIT_BYTES = 2 << 20
"""What a disk takes in less time than that."""

_PAUSES_S = (0.1, 0.5, 2.0)
"""Before a write is tried again: another's transaction, a checkpoint or a network passes."""
_POLL_S = 0.01


class WriteError(Exception):
    """No further row can be written, whatever it is; trying again is of no use."""


def _nobody_waits(requests: Iterable[Request]) -> None:
    """For tasks that do not know of each other."""


def _nothing_to_close() -> None:
    """For a thread and a session that are another's."""


def _none_is_known(answers: Sequence[Answer]) -> Collection[str]:  # noqa: ARG001
    """For tables whose writes happen or do not."""
    return ()


class BufferedResponses:
    """A `Sink` that writes responses together: those of a short time in one commit.

    They are kept in the event loop and written by one thread, so that the loop never waits for a disk or a network. A write
    that fails is tried again; then each row by itself, so that one that no table takes costs its neighbours nothing. It is
    replaced by a failure that says so: an answer that left no row would be paid for by every run.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Answer]], None],
        writer: Executor,
        *,
        linger_s: float,
        promise_s: float | None = None,
        most_bytes: int | None = None,
        known: Callable[[Sequence[Answer]], Collection[str]] = _none_is_known,
        committed: Callable[[Iterable[Request]], None] = _nobody_waits,
        close: Callable[[], None] = _nothing_to_close,
    ) -> None:
        """`write`: append answers; they are committed when it returns. `writer`: the one thread that it is called in.

        `linger_s`: how long answers are gathered for one write. `promise_s`: how old an answer may be that is not written,
        before no more are asked for; twice the linger if not given. `most_bytes`: of the completions and vectors of one write.
        `known`: asked after a write that failed, for the keys of those that it has written all the same.
        `committed`: told after each write, from the writing thread, which requests it was for, and of each whose response is
        held back. `close`: called after the last write.
        """
        self.changes: list[tuple[Response, Response | None]] = []
        self._write = write
        self._writer = writer
        self._linger_s = linger_s
        self._promise_s = 2 * linger_s if promise_s is None else promise_s
        self._most_bytes = most_bytes
        self._known = known
        self._committed = committed
        self._close = close
        self._kept: list[Answer] = []
        self._oldest_at = 0.0
        """When the oldest came that is not written."""
        self._flusher: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def keep(self, request: Request, response: Response) -> None:
        """Take a response. Raises what the last write raised."""
        self._kept.append((request, response))
        if self._flusher is None:
            self._oldest_at = time.monotonic()
            self._flusher = asyncio.create_task(self._flush())
        elif self._flusher.done():
            self._flusher.result()

    def let_go(self, request: Request) -> None:
        """End the claim on a request whose response is held back."""
        self._committed([request])

    @property
    def has_room(self) -> bool:
        """Whether all that is not written came a short while ago."""
        return self._flusher is None or time.monotonic() - self._oldest_at <= self._promise_s

    async def wait_for_room(self) -> None:
        """Return once it has room. Raises what the last write raised."""
        while not self.has_room and self._flusher is not None:
            if self._flusher.done():
                self._flusher.result()
            await asyncio.sleep(_POLL_S)

    async def close(self) -> None:
        """Write what is left at once, and close. Raises what the last writes raised; `changes` has what they have lost."""
        self._closing.set()
        try:
            if self._flusher is not None:
                with suppress(Exception):
                    await self._flusher
                # After a failure once more: what has come since then is paid for too.
                while self._kept:
                    await self._write_next()
        finally:
            self.changes += [(response, None) for _, response in self._kept]
            self._close()
        if self._flusher is not None and self._flusher.done():
            self._flusher.result()

    async def _flush(self) -> None:
        while self._kept:
            # asyncio's own name was an error apart before Python 3.11.
            with suppress(asyncio.TimeoutError, TimeoutError):
                await asyncio.wait_for(self._closing.wait(), max(0.0, self._oldest_at + self._linger_s - time.monotonic()))
            await self._write_next()
        self._flusher = None

    async def _write_next(self) -> None:
        """Write the oldest that are kept, as many as one write may hold. What is not written is kept still."""
        taken = self._kept[: self._first()]
        rest_at = time.monotonic() if len(taken) == len(self._kept) else self._oldest_at
        del self._kept[: len(taken)]
        try:
            taken = await self._try_all(taken)
            await self._try_each(taken)
        finally:
            self._kept[:0] = taken
        self._oldest_at = rest_at

    def _first(self) -> int:
        if self._most_bytes is None:
            return len(self._kept)
        size = 0
        for number, (_, response) in enumerate(self._kept, 1):
            size += len(response.completion or "")
            if response.vector is not None:
                size += response.vector.itemsize * len(response.vector)
            if size >= self._most_bytes:
                return number
        return len(self._kept)

    async def _try_all(self, answers: list[Answer]) -> list[Answer]:
        """Write them together; return those that could not be."""
        for pause_s in (0.0, *_PAUSES_S):
            if pause_s:
                await asyncio.sleep(pause_s)
            try:
                if pause_s:
                    answers = await self._in_writer(self._unknown, answers)
                await self._in_writer(self._commit, answers)
            except WriteError:
                raise
            except Exception:
                # Met again row by row, where it does not pass.
                continue
            return []
        return answers

    async def _try_each(self, answers: list[Answer]) -> None:
        """Write each by itself, and take those that are written out of the list. Raises where there is no use in it."""
        while answers:
            request, response = answers[0]
            try:
                await self._in_writer(self._commit, [answers[0]])
            except WriteError:
                raise
            except Exception as error:
                replacement = _unwritable(response, error)
                try:
                    await self._in_writer(self._commit, [(request, replacement)])
                except Exception:
                    raise error from None
                self.changes.append((response, replacement))
            del answers[0]

    async def _in_writer(self, call: Callable[[list[Answer]], list[Answer]], answers: list[Answer]) -> list[Answer]:
        return await asyncio.get_running_loop().run_in_executor(self._writer, call, answers)

    def _unknown(self, answers: list[Answer]) -> list[Answer]:
        known = self._known(answers)
        self._committed(request for request, _ in answers if request.key in known)
        return [answer for answer in answers if answer[0].key not in known]

    def _commit(self, answers: list[Answer]) -> list[Answer]:
        if answers:
            self._write(answers)
            self._committed(request for request, _ in answers)
        return []


def _unwritable(response: Response, error: Exception) -> Response:
    """A failure in the place of an answer that no table takes."""
    return Response(
        completion=None,
        error_class="provider_error",
        error_message=f"its answer could not be written ({type(error).__name__})",
        finish_reason=None,
        input_tokens=None,
        output_tokens=None,
        cost_usd=None,
        latency_ms=None,
        response_model=None,
        requested_at=response.requested_at,
        responded_at=response.responded_at,
    )
