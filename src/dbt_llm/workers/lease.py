"""Whether the driver of a run still lives: its stage is another's to take in only once it does not."""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..client import DbtLlmError
from .files import Files, files_at

__all__ = ["alone", "held", "is_held"]

_LEASE = "_lease"
_BEAT_S = 2.0
_DEAD_AFTER_S = 10.0
"""So long without a beat, and it is dead."""
_POLL_S = 0.5

_held: set[str] = set()


@contextmanager
def held(url: str) -> Iterator[None]:
    """Hold the lease of the run whose stage this is, until the block ends."""
    files = files_at(url)
    ended = threading.Event()
    _write(files)
    _held.add(url)

    def beat() -> None:
        while not ended.wait(_BEAT_S):
            # The store may be away for a moment; the next beat tells.
            with suppress(OSError):
                _write(files)

    thread = threading.Thread(target=beat, name="dbt-llm-lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        _held.discard(url)
        files.remove(_LEASE)


@contextmanager
def alone(url: str, macro: str) -> Iterator[None]:
    """Hold the lease where nobody has it. `macro`: whose error it is else. Raises `DbtLlmError`."""
    if is_held(url):
        raise DbtLlmError(
            f"dbt_llm.{macro}: another call has the stage '{url}'. Expected one at a time. Wait for it, or name another."
        )
    with held(url):
        yield


def is_held(url: str) -> bool:
    """Whether a driver lives that holds the lease; looks for ten seconds, where that is not plain."""
    files = files_at(url)
    first = files.read(_LEASE)
    if first is None:
        return False
    holder = json.loads(first)
    if holder["host"] == _host():
        if holder["pid"] == os.getpid():
            return url in _held
        if not _is_alive(holder["pid"]):
            return False
    # Another machine's, or a process that may have taken the number of one that is dead: a beat tells.
    until = time.monotonic() + _DEAD_AFTER_S
    while time.monotonic() < until:
        time.sleep(_POLL_S)
        now = files.read(_LEASE)
        if now != first:
            return now is not None
    return False


def _write(files: Files) -> None:
    files.write(_LEASE, json.dumps({"host": _host(), "pid": os.getpid(), "beat": secrets.token_hex(8)}).encode())


def _host() -> str:
    # Containers of one machine may share a name.
    boot = Path("/proc/sys/kernel/random/boot_id")
    return f"{socket.gethostname()}/{boot.read_text().strip() if boot.exists() else ''}"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
