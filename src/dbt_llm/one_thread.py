"""A thread for calls that must come one after the other, also when the program is about to end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor, Future
from functools import partial
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

__all__ = ["OneThread", "read_ahead"]

_P = ParamSpec("_P")
_T = TypeVar("_T")


class OneThread(Executor):
    """An `Executor` of one thread, which starts with its first call.

    Python ends a `ThreadPoolExecutor` as soon as the main thread ends, before it waits for the other threads: a drain in one
    of those could keep no answer any more. This one ends when it is told to, or with the process.
    """

    def __init__(self, name: str) -> None:
        """`name`: of the thread."""
        self._name = name
        self._calls: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._is_shut = False

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Call it after those that came before. Raises `RuntimeError` once it is shut down."""
        future: Future[_T] = Future()
        with self._lock:
            if self._is_shut:
                raise RuntimeError(f"The thread {self._name} is shut down.")
            self._calls.put((future, partial(fn, *args, **kwargs)))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls. `wait`: until those that it has taken are done; `cancel_futures`: what waits is not to be."""
        with self._lock:
            self._is_shut = True
            while cancel_futures and not self._calls.empty():
                taken = self._calls.get()
                if taken is not None:
                    taken[0].cancel()
            self._calls.put(None)
        if wait and self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while (taken := self._calls.get()) is not None:
            future, call = taken
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(call())
            except BaseException as error:
                future.set_exception(error)


async def read_ahead(thread: Executor, read: Callable[[int], tuple[int, _T] | None]) -> AsyncIterator[_T]:
    """Slice after slice, each read while the one before it is used.

    `read`: called in the thread with the number after which to read, 0 first; returns the last number that it has read and
    what it is, None where there is no more.
    """
    loop = asyncio.get_running_loop()
    ahead = loop.run_in_executor(thread, read, 0)
    try:
        while (found := await ahead) is not None:
            after, slice_ = found
            ahead = loop.run_in_executor(thread, read, after)
            yield slice_
    finally:
        ahead.cancel()
