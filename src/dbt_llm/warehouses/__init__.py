"""Where a dbt Python model runs, a module for each platform. What is the same on all of them is not here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from ..client import ConfigurationError

__all__ = ["Warehouse", "warehouse_of"]


class Warehouse(Protocol):
    """The session of a dbt Python model, as far as an engine needs it.

    Relations are SQL text, quoted as need be. Used from one thread at a time. Raises what the platform's client raises.
    """

    linger_s: float
    """How long an engine gathers rows for one `append`, where each is a commit that takes long, or is counted."""
    adapter: str
    """dbt's name of the adapter, whose folder in `macros/adapters/` writes the SQL."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query and return its rows, which must fit into memory."""

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Run a query whose rows are taken one after the other, and need not all fit into memory; an array is a list.

        Nothing else runs on the session until the last row is taken.
        """

    def execute(self, sql: str) -> None:
        """Run a statement; what it changed is committed when this returns."""

    def columns(self, sql: str) -> dict[str, str]:
        """A query's columns in order, each with a type as the platform's client names it; reads no row."""

    def types(self, relation: str) -> dict[str, str]:
        """The columns of a table in order, each with its type as the platform writes it."""

    def exists(self, relation: str) -> bool:
        """Whether there is a table or view of that name."""

    def append(self, relation: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Append rows to a table by the names of its columns, in one commit; a column that is not named is NULL.

        Every row has the same keys. Values are None, bool, int, float, str, a list of floats, or an aware UTC `datetime`,
        which is written as the table's own timestamp type in UTC.
        """

    def sql_name(self, name: str) -> str:
        """A relation's name, as dbt shows it to a Python model (`dbt.this`), as SQL text."""

    def name_of(self, frame: Any) -> str:
        """A relation that holds what the DataFrame holds, for as long as the session lasts."""

    def frame(self, sql: str) -> Any:
        """The DataFrame of a query, in the form that dbt takes from a Python model on this platform."""

    def secret(self, name: str) -> str | None:
        """A secret of the platform's own store by its name; None where it has none, or no store."""


def warehouse_of(session: Any) -> Warehouse:
    """The platform whose session this is. Raises `ConfigurationError` where it is none that is known."""
    module = type(session).__module__.split(".")
    if "duckdb" in module or "_duckdb" in module:
        from .duckdb import DuckDbWarehouse

        return DuckDbWarehouse(session)
    if module[0] == "pyspark":
        if _is_dataproc(session):
            from .bigquery import DataprocWarehouse

            return DataprocWarehouse(session)
        from .databricks import DatabricksWarehouse

        return DatabricksWarehouse(session)
    if module[:2] == ["snowflake", "snowpark"]:
        from .snowflake import SnowflakeWarehouse

        return SnowflakeWarehouse(session)
    if module[0] == "bigframes":
        from .bigquery import BigQueryWarehouse

        return BigQueryWarehouse(session)
    raise ConfigurationError(
        [
            "the session is of no platform that dbt_llm knows. Expected DuckDB, Spark, Snowpark or BigQuery DataFrames;"
            f" got '{type(session).__module__}.{type(session).__name__}'."
        ]
    )


def _is_dataproc(session: Any) -> bool:
    # Asked first: on serverless compute it is an error to ask for a setting that is not there.
    if "DATABRICKS_RUNTIME_VERSION" in os.environ:
        return False
    # dbt-bigquery sets this before the model runs, for its connector.
    return session.conf.get("viewsEnabled", None) is not None
