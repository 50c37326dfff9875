"""Runs dbt as the shell would, with the same arguments, terminal, signals and exit status, and serves its hooks meanwhile."""

from __future__ import annotations

import ctypes
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from ..client import DbtLlmError, host
from .service import Service

__all__ = ["FOLDER_VARIABLE", "run_dbt"]

FOLDER_VARIABLE = "DBT_LLM_COMPANION"
"""The environment variable that tells hooks where the companion is."""
_DBT_VARIABLE = "DBT_LLM_DBT"
_POLL_S = 0.02
_PR_SET_PDEATHSIG = 1
_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if hasattr(signal, "SIGHUP") else (signal.SIGINT, signal.SIGTERM)


def run_dbt(arguments: Sequence[str]) -> int:
    """Run dbt with these arguments; return its exit status. Where a signal ends it, that ends this program too.

    Raises `DbtLlmError` where there is no dbt.
    """
    # The plugin imports this package, and has no need of it.
    from dotenv import load_dotenv

    dbt = _find_dbt()
    _log_to_stderr(is_quiet=any(argument in ("--quiet", "-q") for argument in arguments))
    # Readable by its owner only, as mkdtemp makes it.
    with tempfile.TemporaryDirectory(prefix="dbt-llm-", ignore_cleanup_errors=True) as folder:
        (Path(folder) / "companion").touch()
        service = Service(Path(folder))
        with _forwarding() as forward_to:
            environment = {**os.environ, FOLDER_VARIABLE: folder}
            # dbt 2 reads it by itself, and it may name an endpoint's key. What the environment says goes first.
            load_dotenv(Path(".env"))
            child = subprocess.Popen([dbt, *arguments], env=environment, preexec_fn=_die_with_parent())
            forward_to(child)
            try:
                while child.poll() is None:
                    service.look()
                    time.sleep(_POLL_S)
            finally:
                # Only where this program is at fault: nobody would answer its hooks.
                if child.poll() is None:
                    child.terminate()
                    child.wait()
                service.end()
    if child.returncode < 0:
        _end_by(-child.returncode)
    return child.returncode


def _find_dbt() -> str:
    """The dbt of the variable, of the environment that this program is in, or of the PATH."""
    named = os.environ.get(_DBT_VARIABLE)
    beside = Path(sys.executable).with_name("dbt")
    found = shutil.which(named) if named else shutil.which(beside) or shutil.which("dbt")
    if found is None:
        got = f"'{named}' in {_DBT_VARIABLE}, which is no program" if named else "none"
        raise DbtLlmError(
            f"There is no dbt here. Expected one in the environment of dbt-llm, or in the PATH; got {got}. Run: pip install dbt"
        )
    return found


def _die_with_parent() -> Callable[[], None] | None:
    """What a child calls so that Linux ends it when this program is killed. Elsewhere its hooks give up after a while."""
    if sys.platform != "linux":
        return None
    # Looked up here, as little as possible is to be done between fork and exec.
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def _forwarding() -> Iterator[Callable[[subprocess.Popen[bytes]], None]]:
    """Pass signals on to dbt, and have what runs here end early, so that what it has is kept."""
    children: list[subprocess.Popen[bytes]] = []
    early: list[int] = []

    def forward(number: int, _: FrameType | None) -> None:
        host.interrupt_all()
        if not children:
            early.append(number)
        elif not (number == signal.SIGINT and _is_in_foreground()):
            children[0].send_signal(number)

    def forward_to(child: subprocess.Popen[bytes]) -> None:
        children.append(child)
        for number in early:
            child.send_signal(number)

    before = {number: signal.signal(number, forward) for number in _FORWARDED}
    try:
        yield forward_to
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_in_foreground() -> bool:
    """Whether a terminal's Ctrl-C has reached dbt already: it goes to all programs in its foreground."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def _end_by(number: int) -> None:
    """End by a signal, so that a shell sees the same as of dbt; returns where it does not end a program."""
    # That of SIGKILL cannot be set, and need not.
    with suppress(OSError):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _log_to_stderr(*, is_quiet: bool) -> None:
    """Progress goes beside dbt's output, in its form, and never into what is read of its standard output."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s  %(message)s", "%H:%M:%S"))
    logger = logging.getLogger("dbt_llm")
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING if is_quiet else logging.INFO)
