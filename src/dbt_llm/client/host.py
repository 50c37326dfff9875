"""The program that this runs in: dbt, or a plain script. Whether it may spend, how it logs, when it ends."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from types import FrameType
from typing import Any, Protocol, TypeVar

from .collector import few_collections
from .errors import SpendRefusedError
from .redaction import visible
from .run import Run

__all__ = [
    "Interruptible",
    "info",
    "interrupt_all",
    "interrupted_by_host",
    "is_cache_only",
    "refuse_to_spend_in",
    "refuse_to_spend_unless_asked",
    "wait",
    "warning",
    "watch_for_ctrl_c",
]

_T = TypeVar("_T")


class Interruptible(Protocol):
    """What a host may ask to end early."""

    def interrupt(self) -> None:
        """Begin nothing new. From any thread."""


_running: dict[Interruptible, int] = {}
"""Each with the thread that waits for it."""

_SPENDING = ("run", "build")
_POLL_S = 0.2
_SOON_S = 0.02
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
    if command is not None:
        refuse_to_spend_in(caller, command, is_empty=is_empty, test=_dbt_test())
    elif not allow_outside_dbt:
        raise SpendRefusedError(
            f"dbt_llm.{caller}: called outside dbt. Expected `dbt run` or `dbt build`, which alone"
            ' send requests. In a script, add "allow_outside_dbt": true to the options.'
        )


def refuse_to_spend_in(caller: str, command: str, *, is_empty: bool, test: str | None = None) -> None:
    """Raise `SpendRefusedError` unless this command of dbt may spend. `test`: what kind of test it runs now, if any."""
    if command not in _SPENDING or is_empty or test is not None:
        got = f"`dbt {command}{' --empty' if is_empty else ''}`" + (f" at a {test}" if test else "")
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
    _log(line, logging.INFO)


def warning(line: str) -> None:
    """Log a warning where the program's user sees it."""
    _log(line, logging.WARNING)


def warning_of_dbt(line: str) -> None:
    """A warning which dbt's `--warn-error` makes an error; outside dbt a warning like others."""
    if _dbt_command()[0] is None:
        warning(line)
        return
    from dbt.events.types import JinjaLogWarning
    from dbt_common.events.functions import warn_or_error

    warn_or_error(JinjaLogWarning(msg=line))


def _log(line: str, level: int) -> None:
    line = visible(line)
    if _dbt_command()[0] is None:
        logging.getLogger("dbt_llm").log(level, line)
        return
    # As dbt's own log() does it: an adapter's logger would put a name before each line.
    from dbt_common.events.base_types import EventLevel
    from dbt_common.events.functions import fire_event
    from dbt_common.events.types import Note

    fire_event(Note(msg=line), level=EventLevel.WARN if level == logging.WARNING else EventLevel.INFO)


def wait(future: futures.Future[_T], run: Run, tick: Callable[[], None] | None = None) -> _T:
    """Wait for a run that executes in the client's event loop; call `tick` a few times a second.

    When the program is asked to end (Ctrl-C, a cancelled dbt command, the end of the main thread), the run is
    interrupted and waited for, so that its answers are kept.
    """
    with interrupted_by_host(run), few_collections():
        try:
            while not future.done():
                futures.wait([future], _POLL_S)
                if not threading.main_thread().is_alive():
                    run.interrupt()
                if tick is not None:
                    tick()
            return future.result()
        except BaseException:
            # What the caller closes next must not be in use any more.
            run.interrupt()
            futures.wait([future])
            raise


def watch_for_ctrl_c() -> None:
    """Let Ctrl-C interrupt all runs, in a script that has left it to Python; call it in the main thread.

    DuckDB may call a function in a thread of its own, to which Python tells nothing of a Ctrl-C. dbt does.
    """
    is_main = threading.current_thread() is threading.main_thread()
    is_default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_main and is_default and _dbt_command()[0] is None:
        signal.signal(signal.SIGINT, _interrupt_all)


def interrupt_all() -> None:
    """Interrupt whatever runs in this process. From any thread."""
    for run in list(_running):
        run.interrupt()


def _interrupt_all(number: int, frame: FrameType | None) -> None:
    interrupt_all()
    # A query of DuckDB 1 would end at once, and the program with it, under a function that runs in another thread. Whoever
    # presses Ctrl-C again does not wait.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        while any(thread != threading.get_ident() for thread in list(_running.values())):
            time.sleep(_SOON_S)
    finally:
        signal.signal(signal.SIGINT, _interrupt_all)
    signal.default_int_handler(number, frame)


@contextmanager
def interrupted_by_host(run: Interruptible) -> Iterator[None]:
    """Interrupt what runs when dbt cancels its queries or a script is ended.

    DuckDB cannot tell a function that it is being interrupted.
    """
    _running[run] = threading.get_ident()
    callbacks = _dbt_callbacks()

    def notice(event: Any) -> None:
        if event.info.name in _CANCELLED:
            run.interrupt()

    callbacks.append(notice)
    try:
        yield
    finally:
        _running.pop(run, None)
        # dbt may have cleared its list.
        if notice in callbacks:
            callbacks.remove(notice)


def _dbt_callbacks() -> list[Callable[[Any], None]]:
    if _dbt_command()[0] is None:
        return []
    from dbt_common.events.event_manager_client import get_event_manager

    return get_event_manager().callbacks
