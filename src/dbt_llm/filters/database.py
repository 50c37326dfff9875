"""The labelled rows of a task in a DuckDB file, by the query of the package's macros, and the table of its filters."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from ..client import ConfigurationError
from ..macros import Macros
from ..warehouses.duckdb import DuckDbWarehouse
from .labelled import Trained, labelled, train_on
from .task import FilteredTask

if TYPE_CHECKING:
    import duckdb


def train_in(connection: duckdb.DuckDBPyConnection, task: FilteredTask, golden: str | None = None) -> Trained:
    """Train the task's filter on the answers of its latest run's prompt version, and append it to dbt_llm__filters.

    `connection`: to a DuckDB file, in the schema of the package's tables. `golden`: a relation with the embedding's column
    and `expected_<label>`, on whose rows the recall must be proven too. Raises `ConfigurationError` where tables, columns or
    answers are missing.
    """
    _check_embedding(connection, task.input, filter_of(task)["embedding"])
    connection.execute(f"create or replace temp table _dbt_llm_labelled as\n{_query(task, golden)}")
    warehouse = DuckDbWarehouse(connection)
    rows = labelled(warehouse, "_dbt_llm_labelled")
    if rows is None:
        raise ConfigurationError(
            [f"'{task.name}' has not run, or has no answer. Expected some to train on; got none. Run it, with limits.requests."]
        )
    trained = train_on(warehouse, rows)
    warehouse.append("dbt_llm__filters", [{**trained.values, "trained_at": datetime.now(timezone.utc)}])
    return trained


def filter_of(task: FilteredTask) -> dict[str, Any]:
    """The task's meta.llm.filter, completed as its queries need it: `embedding`, `audit` and the others."""
    stated: dict[str, Any] = _macros().call("_filter_of", task.llm)
    return stated


def _macros() -> Macros:
    # What dbt would know: no model is built, and the filters are those of this file.
    names = {"var": lambda _, default=None: default}
    return Macros("duckdb", names, {"_package_relation": lambda name: name, "_other_relations": lambda _: []})


def _query(task: FilteredTask, golden: str | None) -> str:
    """The query of the labelled rows."""
    sql: str = _macros().call(
        "_labelled_query",
        task={"name": task.name, "filter": filter_of(task), "key": task.unique_key},
        relation=task.table,
        input=task.input,
        golden=golden,
        tables={name: f"dbt_llm__{name}" for name in ("runs", "responses", "evaluation_rows", "filters")},
    )
    return sql


def _check_embedding(connection: duckdb.DuckDBPyConnection, relation: str, column: str) -> None:
    if column.lower() not in {name.lower() for name, *_ in connection.execute(f"describe {relation}").fetchall()}:
        raise ConfigurationError(
            [
                f"meta.llm.filter.embedding: '{column}' is no column of {relation}."
                " Expected an array of numbers; got no such column."
            ]
        )
