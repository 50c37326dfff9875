"""The plugin for dbt-duckdb: `plugins: [{module: dbt_llm.duckdb}]` in the profile.

It gives SQL functions, which the package's macros call:

    dbt_llm_drain(options VARCHAR) -> VARCHAR                      answers a whole work table
    dbt_llm_complete(prompt VARCHAR, options VARCHAR) -> VARCHAR   completes one prompt
    dbt_llm_create(statement VARCHAR) -> VARCHAR                   makes a table or column that tasks may miss at once
    dbt_llm_recover(relation VARCHAR) -> VARCHAR                   takes in what a killed companion has left for a responses table
    dbt_llm_reach(options VARCHAR) -> VARCHAR                      whether an endpoint can be asked, without asking it
    dbt_llm_probe(prompt VARCHAR, options VARCHAR) -> VARCHAR      sends one request, and says all that came back
"""

from __future__ import annotations

import re
import threading
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

from .client import MissingDependencyError, host
from .complete import complete
from .database_file import remember_file

try:
    import pyarrow as pa  # type: ignore[import-untyped]
    from dbt.adapters.duckdb.plugins import BasePlugin
    from duckdb import CatalogException, DuckDBPyConnection

    from .drain import drain
    from .duckdb_tables import DuckDbTables, recover
    from .probe import probe
    from .reach import reach
except ImportError as error:
    raise MissingDependencyError(f"dbt_llm.duckdb: {error.name} is not installed. Run: pip install 'dbt-llm[duckdb]'") from error

__all__ = ["Plugin", "register"]

_connections: dict[str, weakref.ref[Any]] = {}
# DuckDB drops a function with the connection that made it, and goes on calling it from others.
_functions: list[Callable[..., Any]] = []
_lock = threading.Lock()
_creating = threading.Lock()
_CREATES = re.compile(r"create table if not exists |alter table .+ add column if not exists ")


class Plugin(BasePlugin):
    """What dbt-duckdb loads."""

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Register the functions on the connection that all others of this process derive from."""
        register(conn)


def register(connection: DuckDBPyConnection) -> None:
    """Register the functions in the connection's database instance."""
    host.watch_for_ctrl_c()
    database = _database(connection)
    remember_file(database)
    with _lock:
        _connections[database] = weakref.ref(connection)

    def connect() -> Any:
        with _lock:
            # A strong reference would close the ring connection, function, connection.
            owner = _connections[database]()
            if owner is None:
                raise RuntimeError(f"The connection to {database} is gone.")
            return owner.cursor()

    def drain_column(options: Any) -> Any:
        if len(options) != 1:
            raise ValueError(f"dbt_llm_drain: Expected one row; got {len(options)}.")
        return pa.array([drain(options[0].as_py() or "null", partial(DuckDbTables, connect))], type=pa.string())

    def complete_column(prompts: Any, options: Any) -> Any:
        return pa.array(complete(prompts.to_pylist(), options.to_pylist()), type=pa.string())

    def reach_column(options: Any) -> Any:
        return pa.array([reach(option) for option in options.to_pylist()], type=pa.string())

    def probe_column(prompts: Any, options: Any) -> Any:
        return pa.array(probe(prompts.to_pylist(), options.to_pylist()), type=pa.string())

    def recover_column(relations: Any) -> Any:
        return pa.array([recover(relation, connect) for relation in relations.to_pylist()], type=pa.string())

    def create_column(statements: Any) -> Any:
        for statement in statements.to_pylist():
            if not _CREATES.match(str(statement)):
                raise ValueError(
                    "dbt_llm_create: Expected `create table` or `add column`, `if not exists`; got another statement."
                )
            with _creating, connect() as cursor:
                cursor.execute(statement)
        return pa.nulls(len(statements), pa.string())

    # The stubs know the enumerations only, whose place differs between DuckDB's versions.
    create: Any = connection.create_function
    for name, function, arity in (
        ("dbt_llm_drain", drain_column, 1),
        ("dbt_llm_complete", complete_column, 2),
        ("dbt_llm_reach", reach_column, 1),
        ("dbt_llm_create", create_column, 1),
        ("dbt_llm_recover", recover_column, 1),
        ("dbt_llm_probe", probe_column, 2),
    ):
        try:
            create(
                name,
                function,
                ["VARCHAR"] * arity,
                "VARCHAR",
                type="arrow",
                side_effects=True,
                null_handling="special",
            )
        except CatalogException as error:
            # The instance outlived an earlier connection; its functions find this one by the database's name.
            if "already exists" not in str(error):
                raise
        else:
            _functions.append(function)


def _database(connection: DuckDBPyConnection) -> str:
    query = "select path from duckdb_databases() where database_name = current_database()"
    rows = connection.execute(query).fetchall()
    path: str | None = rows[0][0] if rows else None
    # Each connection to memory is a database of its own.
    return path or f":memory:{id(connection)}"
