"""Where the sample is read and verdicts are written: a DB-API connection with `?` for parameters."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..client import ConfigurationError, MissingDependencyError


class Cursor(Protocol):
    """Of DB-API 2 (PEP 249), what is used here."""

    def execute(self, query: str, parameters: Sequence[Any], /) -> Any: ...

    def fetchall(self) -> Any: ...

    def close(self) -> Any: ...


class Connection(Protocol):
    """Of DB-API 2 (PEP 249), what is used here."""

    def cursor(self) -> Any: ...


Connect = Callable[[], AbstractContextManager[Connection]]
"""Gives a connection for as long as a statement takes. Each statement is committed by itself."""


@dataclass(frozen=True)
class Tables:
    """The names are as SQL says them in the connection: `analytics.dbt_llm`, `analytics.reviews.verdicts`."""

    connect: Connect
    schema: str
    """Of the package's tables."""
    verdicts: str
    """The table of verdicts, which is made if it is not there. The var dbt_llm_verdicts names it to the golden models."""

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return a query's rows. Raises what the database raises."""
        with self._cursor() as cursor:
            cursor.execute(query, tuple(parameters))
            return [tuple(row) for row in cursor.fetchall()]

    def write(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Run a statement. Raises what the database raises; then nothing was written."""
        with self._cursor() as cursor:
            cursor.execute(statement, tuple(parameters))

    @contextmanager
    def _cursor(self) -> Iterator[Cursor]:
        with self.connect() as connection:
            cursor = connection.cursor()
            try:
                yield cursor
            finally:
                cursor.close()


_one_at_a_time = threading.Lock()


def duckdb_file(path: Path) -> Connect:
    """Open the file for each statement anew, so that dbt can write it while a reviewer reads.

    Raises `ConfigurationError` where there is no such file: DuckDB would make an empty one.
    """
    try:
        import duckdb
    except ImportError as error:
        raise MissingDependencyError("dbt_llm.review: DuckDB is not installed. Run: pip install 'dbt-llm[review]'") from error
    if not path.is_file():
        raise ConfigurationError([f"'{path}' is no file. Expected a DuckDB database; got no such file. Name it with --database."])

    @contextmanager
    def connect() -> Iterator[Connection]:
        # Streamlit runs each visitor in a thread of its own, and a file can be open once.
        with _one_at_a_time, duckdb.connect(str(path)) as connection:
            yield connection

    return connect
