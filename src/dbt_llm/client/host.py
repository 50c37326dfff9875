"""The program that this runs in: dbt, or a plain script. Whether it may spend, how it logs, when it ends."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from typing import Any, TypeVar

from .errors import SpendRefusedError
from .run import Run

_T = TypeVar("_T")

_SPENDING = ("run", "build")
_POLL_S = 0.2
# What dbt fires for each connection that it cancels, on Ctrl-C and on --fail-fast: 1.11's name, and older ones'.
_CANCELLED = frozenset({"LogCancelLine", "QueryCancelation"})


def is_cache_only() -> bool:
    """Whether the environment asks for stored answers only (`DBT_LLM_MODE=cache_only`)."""
    return os.environ.get("DBT_LLM_MODE", "").strip().lower() == "cache_only"


def refuse_to_spend_unless_asked(caller: str, *, allow_outside_dbt: bool) -> None:
    """Raise `SpendRefusedError` unless dbt's command is `run` or `build`, without `--empty`, and not at a test.

    `allow_outside_dbt`: allow a program that is not dbt.
    """
    command, is_empty = _dbt_command()
    test = _dbt_test() if command is not None else None
    if command is None:
        if not allow_outside_dbt:
            raise SpendRefusedError(
                f"dbt_llm.{caller}: called outside dbt. Expected `dbt run` or `dbt build`, which alone"
                ' send requests. In a script, add "allow_outside_dbt": true to the options.'
            )
    elif command not in _SPENDING or is_empty or test is not None:
        got = f"`dbt {command}{' --empty' if is_empty else ''}`" + (
            f" at a {test}" if test else ""
        )
        raise SpendRefusedError(
            f"dbt_llm.{caller}: nothing is sent. Expected the models of `dbt run` or `dbt build`, for"
            f" which alone requests are sent; got {got}."
        )


def _dbt_command() -> tuple[str | None, bool]:
    try:
        from dbt.flags import get_flags
    except ImportError:
        return None, False
    flags: Any = get_flags()  # type: ignore[no-untyped-call]
    return getattr(flags, "WHICH", None), bool(getattr(flags, "EMPTY", False))


def _dbt_test() -> str | None:
    """`test` or `unit test` where dbt runs one in this thread: `dbt build` runs them too."""
    from dbt_common.events.contextvars import get_node_info

    kind = str(get_node_info().get("resource_type", ""))
    return kind.replace("_", " ") if kind in ("test", "unit_test") else None


def info(line: str) -> None:
    """Log a line where the program's user sees it."""
    _logger().info(line)


def warning(line: str) -> None:
    """Log a warning where the program's user sees it."""
    _logger().warning(line)


def _logger() -> Any:
    if _dbt_command()[0] is not None:
        from dbt.adapters.events.logging import AdapterLogger

        return AdapterLogger("dbt_llm")
    return logging.getLogger("dbt_llm")


def wait(future: Future[_T], run: Run, tick: Callable[[], None] | None = None) -> _T:
    """Wait for a run that executes in the client's event loop; call `tick` a few times a second.

    When the program is asked to end (Ctrl-C, a cancelled dbt command, the end of the main thread), the run is
    interrupted and waited for, so that its answers are kept.
    """
    cancelled = threading.Event()
    is_interrupted = False
    with _dbt_cancels(cancelled):
        while True:
            try:
                return future.result(_POLL_S)
            # Two names before Python 3.11.
            except (FutureTimeoutError, TimeoutError):
                if future.done():
                    raise
            except KeyboardInterrupt:
                run.interrupt()
                future.exception()
                raise
            if not is_interrupted and (
                cancelled.is_set() or not threading.main_thread().is_alive()
            ):
                is_interrupted = True
                run.interrupt()
            if tick is not None:
                tick()


@contextmanager
def _dbt_cancels(cancelled: threading.Event) -> Iterator[None]:
    """Set the event when dbt cancels its queries: DuckDB cannot tell a function that it is being interrupted."""
    if _dbt_command()[0] is None:
        yield
        return
    from dbt_common.events.event_manager_client import get_event_manager

    def notice(event: Any) -> None:
        if event.info.name in _CANCELLED:
            cancelled.set()

    manager = get_event_manager()
    manager.add_callback(notice)
    try:
        yield
    finally:
        if notice in manager.callbacks:
            manager.callbacks.remove(notice)
