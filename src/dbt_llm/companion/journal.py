"""Answers in files beside a database: written at once, taken in by the next statement that can, in this run or a later one.

    my.duckdb.dbt_llm/           readable by its owner only
        lock                     held while a session's folder is made, or looked for
        1f3k…/                   of one companion; gone with its last file
            lock                 held for as long as it lives: so what a dead one left is told from what is in use
            RELATION-….answers   responses, one JSON object a line

Beside the database, as DuckDB's own log is: it is on the same disk, and moves with it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ..client import DbtLlmError
from ..responses import TYPES, Answer, Labels, response_rows

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["Batch", "Session", "insert_statement", "journal_of", "left_behind"]

_SQL_TYPES = {str: "varchar", int: "bigint", float: "double", datetime: "timestamp"}
_OBJECT_BYTES = 16 << 20
_PATIENCE_S = 3.0
"""A companion whose dbt is dead ends within two seconds."""
_POLL_S = 0.05


@dataclass(frozen=True)
class Batch:
    """A file of answers, and the keys that it answers, each with its attempt."""

    path: Path
    keys: Mapping[str, int]


def journal_of(database: str) -> Path:
    """The folder beside a database file."""
    return Path(f"{database}.dbt_llm")


class Session:
    """The folder of this process in a journal. Made when it is, and gone with its last file."""

    def __init__(self, journal: Path) -> None:
        """Remove what dead sessions have left beside their answers, too: where there are none, nobody looks for it."""
        self._journal = journal
        with _held(journal):
            for folder in _sessions(journal):
                if (lock := _lock_at_once(folder / "lock")) is not None:
                    _clear(folder)
                    os.close(lock)
            self.folder = Path(tempfile.mkdtemp(dir=journal))
            self._lock = _lock(self.folder / "lock")

    def write(self, answers: Sequence[Answer], relation: str, labels: Labels, *, store_prompts: bool) -> Batch:
        """Write answers to a file of their own, which is on disk when this returns."""
        rows = response_rows(answers, labels, store_prompts=store_prompts)
        text = "".join(json.dumps(row, default=_moment, ensure_ascii=False) + "\n" for row in rows)
        path = self.folder / f"{_mark(relation)}-{time.time_ns():020}-{uuid.uuid4().hex[:8]}.answers"
        part = path.with_suffix(".part")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
        return Batch(path, {request.key: request.attempt + 1 for request, _ in answers})

    def close(self) -> None:
        """Leave what is not taken in, and nothing else."""
        with _held(self._journal):
            _clear(self.folder)
            os.close(self._lock)


@contextmanager
def left_behind(journal: Path, relation: str) -> Iterator[list[Batch]]:
    """The files of sessions that are dead with answers for `relation`; removed at the end of the block, unless it raises.

    A companion that is about to end is waited for.
    """
    if not journal.exists():
        yield []
        return
    locks: dict[Path, int] = {}
    patience_ends_at = time.monotonic() + _PATIENCE_S
    try:
        with _held(journal):
            folders = _sessions(journal)
        for folder in folders:
            while (lock := _lock_at_once(folder / "lock")) is None and time.monotonic() < patience_ends_at:
                if not _has_answers(folder, relation):
                    break
                time.sleep(_POLL_S)
            if lock is not None:
                locks[folder] = lock
        paths = [path for folder in locks for path in folder.glob(f"{_mark(relation)}-*.answers")]
        # In the order of their time, whichever session wrote them.
        batches = [Batch(path, {}) for path in sorted(paths, key=lambda path: path.name)]
        yield batches
        for batch in batches:
            batch.path.unlink()
    finally:
        with _held(journal):
            for folder, lock in locks.items():
                _clear(folder)
                os.close(lock)


def insert_statement(relation: str, batches: Sequence[Batch], *, may_be_known: bool) -> str:
    """SQL that takes answers in. `may_be_known`: leave out those that are there, as after a kill before the file was removed."""
    columns = ", ".join(f"{name}: '{_SQL_TYPES[kind]}'" for name, kind in TYPES.items())
    files = ", ".join(_literal(str(batch.path)) for batch in batches)
    # A whole file is one value in the worst case. DuckDB keeps a buffer of this size.
    size = max([_OBJECT_BYTES, *(batch.path.stat().st_size for batch in batches)])
    statement = (
        f"insert into {relation} by name\nselect *\nfrom read_json(\n    [{files}],\n    format = 'newline_delimited',\n"
        f"    maximum_object_size = {size},\n    columns = {{{columns}}}\n) as answers"
    )
    if not may_be_known:
        return statement
    return (
        f"{statement}\nwhere not exists (\n    select 1\n    from {relation} as known\n"
        "    where known.request_key = answers.request_key\n        and known.attempt = answers.attempt\n"
        "        and known.invocation_id is not distinct from answers.invocation_id\n)"
    )


def _sessions(journal: Path) -> list[Path]:
    return [path for path in journal.iterdir() if path.is_dir()]


def _mark(relation: str) -> str:
    """In which files' names a table is found again; dbt's engines may write it in another case."""
    return hashlib.sha256(relation.lower().encode()).hexdigest()[:16]


def _has_answers(folder: Path, relation: str) -> bool:
    return any(folder.glob(f"{_mark(relation)}-*"))


def _clear(folder: Path) -> None:
    """Remove what is of no use after a session, and its folder where no answer is left in it."""
    for path in folder.iterdir():
        if path.suffix != ".answers" and path.name != "lock":
            path.unlink()
    if not any(path.suffix == ".answers" for path in folder.iterdir()):
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


@contextmanager
def _held(journal: Path) -> Iterator[None]:
    """Hold the journal's own lock, and make it where it is not there; one that is empty goes with the block."""
    while True:
        journal.mkdir(0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            lock = _lock(journal / "lock")
            break
    try:
        yield
    finally:
        if [path.name for path in journal.iterdir()] == ["lock"]:
            (journal / "lock").unlink()
            journal.rmdir()
        os.close(lock)


def _lock(path: Path) -> int:
    """Hold a lock by its file until that is closed, or the process ends in whatever way."""
    while True:
        lock = _open_lock(path)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_at(lock, path):
            return lock
        os.close(lock)


def _lock_at_once(path: Path) -> int | None:
    try:
        lock = _open_lock(path)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    if _is_at(lock, path):
        return lock
    os.close(lock)
    return None


def _open_lock(path: Path) -> int:
    if fcntl is None:
        raise DbtLlmError("This system has no file locks of POSIX. Expected Linux or macOS. On Windows, run it in WSL.")
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _is_at(lock: int, path: Path) -> bool:
    """Whether the file is still in its place: who held it before may have removed it."""
    try:
        return os.path.samestat(os.fstat(lock), os.stat(path))
    except FileNotFoundError:
        return False


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _moment(value: Any) -> str:
    return str(value.strftime("%Y-%m-%d %H:%M:%S.%f"))
