"""DuckDB, in dbt's own process: the session is a cursor of dbt-duckdb's connection, outside the model's transaction."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ..database_file import DatabaseFile, file_of

__all__ = ["DuckDbWarehouse"]

_FETCHED_ROWS = 10_000
_numbers = itertools.count(1)


class DuckDbWarehouse:
    """A `Warehouse` on a DuckDB connection; each statement is a transaction of its own.

    `append` raises `WriteError` where the database's file is no longer there.
    """

    adapter = "duckdb"
    linger_s = 0.1

    def __init__(self, session: Any) -> None:
        """`session`: what dbt-duckdb gives to a Python model, or a plain connection."""
        self.connection = session
        self._file: DatabaseFile | None = None

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.connection.execute(sql).fetchall()
        return found

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        cursor = self.connection.execute(sql)
        while some := cursor.fetchmany(_FETCHED_ROWS):
            yield from some

    def execute(self, sql: str) -> None:
        self.connection.execute(sql)

    def columns(self, sql: str) -> dict[str, str]:
        return {str(row[0]): str(row[1]) for row in self.rows(f"describe (\n{sql}\n)")}

    def types(self, relation: str) -> dict[str, str]:
        return {str(row[0]): str(row[1]) for row in self.rows(f"describe {relation}")}

    def exists(self, relation: str) -> bool:
        import duckdb

        try:
            self.connection.execute(f"select 1 from {relation} limit 0")
        except duckdb.CatalogException:
            return False
        return True

    def recover(self, relation: str) -> None:
        """Take in what a killed companion of dbt 2 has left for this responses table."""
        from ..duckdb_tables import recover

        recover(relation, self.connection.cursor)

    def append(self, relation: str, rows: Sequence[Mapping[str, Any]]) -> None:
        import pyarrow as pa  # type: ignore[import-untyped]

        if not rows:
            return
        if self._file is None:
            self._file = file_of(self.connection, relation)
        self._file.check()
        table = pa.Table.from_pydict({name: [_plain(row[name]) for row in rows] for name in rows[0]})
        name = f"_dbt_llm_rows_{next(_numbers)}"
        self.connection.register(name, table)
        try:
            self.connection.execute(f"insert into {relation} by name select * from {name}")
        finally:
            self.connection.unregister(name)

    def sql_name(self, name: str) -> str:
        return name

    def name_of(self, frame: Any) -> str:
        name = f"_dbt_llm_input_{next(_numbers)}"
        self.connection.register(name, frame)
        return name

    def frame(self, sql: str) -> Any:
        return self.connection.sql(sql)

    def secret(self, name: str) -> str | None:  # noqa: ARG002
        """None: DuckDB runs where the environment can be set."""
        return None


def _plain(value: Any) -> Any:
    # The tables' timestamps are without a zone, and in UTC.
    return value.astimezone(timezone.utc).replace(tzinfo=None) if isinstance(value, datetime) else value
