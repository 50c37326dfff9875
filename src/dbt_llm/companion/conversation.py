"""What a hook of dbt and the companion say to each other: files in a folder that both know, each complete when it is there.

    ID.call        by the hook: what it asks
    ID.1.turn      by the companion: statements that the hook is to run
    ID.1.taken     by the hook: they have run, and are committed
    ID.2.turn      and so on, until a turn holds the result, or an error

The hook cannot be woken, so it looks for the next turn several times a second; it gives up where none comes for long. The
companion sends a turn without statements where it has none for a while, and gives up where one is not taken.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["EVERY_S", "Call", "Conversation", "GoneError", "read_calls"]

EVERY_S = 1.0
"""How long a hook is left without a turn, at most; how long it waits is in `macros/adapters/duckdb/companion.sql`."""
_PATIENCE_S = 120.0
"""How long a statement of a turn may take."""
_POLL_S = 0.01


class GoneError(Exception):
    """Nobody listens any more: dbt has ended, or the model failed."""


@dataclass(frozen=True)
class Call:
    """What a hook asks. `command`, `is_empty`: of dbt. `database`: the file of the responses table, if it is in one."""

    id: str
    name: str
    command: str
    is_empty: bool
    database: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


def read_calls(folder: Path) -> list[Call]:
    """Take the calls that have come."""
    calls = []
    for path in sorted(folder.glob("*.call")):
        # What DuckDB is writing still.
        if path.name.startswith("tmp_"):
            continue
        [text] = json.loads(path.read_bytes()).values()
        path.unlink()
        calls.append(Call(id=path.stem, **json.loads(text)))
    return calls


class Conversation:
    """The companion's side of one call. Used by one thread."""

    def __init__(self, folder: Path, call_id: str, is_over: Callable[[], bool]) -> None:
        """`is_over`: whether dbt has ended."""
        self._folder = folder
        self._id = call_id
        self._is_over = is_over
        self._turn = 0

    def ask(self, statements: Sequence[str]) -> None:
        """Return once the hook has run these statements. Raises `GoneError`."""
        self._say({"statements": list(statements)})
        taken = self._path("taken")
        patience_ends_at = time.monotonic() + _PATIENCE_S
        while not taken.exists():
            if self._is_over() or time.monotonic() > patience_ends_at:
                raise GoneError
            time.sleep(_POLL_S)
        taken.unlink()
        self._path("turn").unlink()

    def end(self, result: Any) -> None:
        """Give the result, which is the last turn."""
        self._say({"result": result})

    def refuse(self, sentence: str) -> None:
        """Have the model fail with this sentence, which is the last turn."""
        self._say({"error": sentence})

    def _say(self, turn: dict[str, Any]) -> None:
        self._turn += 1
        path = self._path("turn")
        part = path.with_suffix(".part")
        part.write_text(json.dumps(turn), encoding="utf-8")
        os.replace(part, path)

    def _path(self, kind: str) -> Path:
        return self._folder / f"{self._id}.{self._turn}.{kind}"
