"""The file that a DuckDB database is in: deleted or replaced, it takes every later commit with it, and nobody is told."""

from __future__ import annotations

import os
from typing import Any

from .sink import WriteError

__all__ = ["DatabaseFile", "file_of", "remember_file"]

_Place = tuple[int, int]

_known: dict[str, _Place] = {}


class DatabaseFile:
    """A file that is to stay where it was when it was opened."""

    def __init__(self, path: str) -> None:
        """`path`: as DuckDB has it. What is no file is not watched, as a database in memory or at MotherDuck."""
        self.path = path
        self._place = _known.get(path) or _place(path)

    def check(self) -> None:
        """Raise `WriteError` unless it is still there."""
        if self._place is not None and _place(self.path) != self._place:
            raise WriteError(
                f"the database file '{self.path}' was deleted or replaced while it was in use: what is written goes nowhere."
                " Leave it in its place, and run again"
            )


def remember_file(path: str) -> None:
    """Know where a database is from the moment at which it is opened."""
    place = _place(path)
    if place is not None:
        _known[path] = place


def file_of(cursor: Any, relation: str) -> DatabaseFile:
    """The file of the database that a relation is in. `relation`: its name as SQL text, quoted where it names a database."""
    rows = cursor.execute("select database_name, path, database_name = current_database() from duckdb_databases()").fetchall()
    quoted = {'"' + name.replace('"', '""') + '".': path for name, path, _ in rows}
    named = [path for start, path in quoted.items() if relation.startswith(start) and relation.count('"."') == 2]
    current = [path for _, path, is_current in rows if is_current]
    return DatabaseFile(str((named or current)[0]))


def _place(path: str) -> _Place | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino
