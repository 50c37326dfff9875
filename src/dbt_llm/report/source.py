"""Where the report reads from: a DuckDB file, or a folder of exported tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..client import ConfigurationError, MissingDependencyError

if TYPE_CHECKING:
    import duckdb

PREFIX = "dbt_llm__"
"""What the names of the package's tables begin with."""


@dataclass(frozen=True)
class Source:
    """A connection in whose current schema the package's tables are, read-only."""

    connection: duckdb.DuckDBPyConnection
    name: str
    """Of the file or folder, with the schema of a file, for the reader."""
    tables: frozenset[str]
    """The package's tables that are there."""
    holds_tasks: bool
    """Whether the tasks' own tables may be there too, so that a gate can be asked."""

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query in DuckDB's SQL. Raises what DuckDB raises."""
        cursor = self.connection.execute(query, list(parameters))
        # Snowflake exports its names in upper case.
        names = [column[0].lower() for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@contextmanager
def open_database(path: Path, schema: str | None = None, holding: str = "dbt_llm__responses") -> Iterator[Source]:
    """Open a DuckDB file, read-only. Without a schema, the one that holds the table `holding`.

    Raises `ConfigurationError` where the file, or the package's tables, are not there.
    """
    duckdb = _duckdb()
    if not path.is_file():
        raise ConfigurationError([f"'{path}' is no file. Expected a DuckDB database; got no such file. Name it with --database."])
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise ConfigurationError(
            [f"'{path}' cannot be opened. Expected a DuckDB database that nobody writes; got: {error}"]
        ) from None
    with connection:
        found = {name for (name,) in connection.execute(_SCHEMAS, [holding]).fetchall()}
        chosen = found if schema is None else {name for name in found if name.lower() == schema.lower()}
        if len(chosen) != 1:
            wanted = f"the schema '{schema}'" if schema else "one schema"
            built = "package:dbt_llm" if holding == "dbt_llm__responses" else holding
            hint = " Name one with --schema." if len(found) > 1 else f" Run `dbt run --select {built}` first."
            got = ", ".join(f"'{name}'" for name in sorted(found)) or "none"
            raise ConfigurationError([f"'{path}': Expected {wanted} with the table {holding}; got {got}.{hint}"])
        [only] = chosen
        connection.execute(
            "use " + _quoted(connection.execute("select current_database()").fetchall()[0][0]) + "." + _quoted(only)
        )
        tables = connection.execute("select lower(table_name) from information_schema.tables where table_schema = ?", [only])
        yield Source(
            connection, f"{path.name}, schema {only}", _package_tables(name for (name,) in tables.fetchall()), holds_tasks=True
        )


@contextmanager
def open_parquet(folder: Path) -> Iterator[Source]:
    """Open a folder of exported tables: `dbt_llm__runs.parquet`, or `dbt_llm__runs/*.parquet`, and so on.

    Raises `ConfigurationError` where the folder has none of them.
    """
    connection = _duckdb().connect()
    with connection:
        found: dict[str, Path] = {}
        for path in sorted(folder.iterdir() if folder.is_dir() else ()):
            if path.is_dir() and any(path.glob("*.parquet")):
                found[path.name.lower()] = path / "*.parquet"
            elif path.suffix == ".parquet":
                found[path.stem.lower()] = path
        tables = _package_tables(found)
        if not tables:
            raise ConfigurationError(
                [f"'{folder}' holds no exported table. Expected files such as {PREFIX}runs.parquet; got none."]
            )
        for name in tables:
            # A view cannot have a parameter.
            place = str(found[name]).replace("'", "''")
            connection.execute(f"create view {_quoted(name)} as select * from read_parquet('{place}')")
        yield Source(connection, folder.name, tables, holds_tasks=False)


_SCHEMAS = """
    select table_schema from information_schema.tables
    where table_name = ? and table_catalog = current_database()
"""


def _package_tables(names: Iterator[str] | dict[str, Path]) -> frozenset[str]:
    return frozenset(name for name in names if name.startswith(PREFIX))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise MissingDependencyError("dbt_llm.report: DuckDB is not installed. Run: pip install 'dbt-llm[report]'") from error
    return duckdb
