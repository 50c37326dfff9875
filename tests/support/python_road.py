"""Runs of a Python task on a DuckDB file in this process, without dbt: its order is written as `prepare()` would leave it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

import dbt_llm
from dbt_llm.macros import Macros, Relation, database_names
from dbt_llm.warehouses.duckdb import DuckDbWarehouse
from tests.support.package_tables import create_tables

TASK = "pii_risk"


class _This:
    database, schema, identifier = "warehouse", "main", TASK

    def __str__(self) -> str:
        return f'"warehouse"."main"."{TASK}"'


class _Dbt:
    this = _This()


def _parts(identifier: str) -> dict[str, str]:
    return {"rendered": f'"warehouse"."main"."{identifier}"', "database": "warehouse", "schema": "main", "identifier": identifier}


class PythonRoad:
    """The task `pii_risk` over `messages` (message_id, body), run after run."""

    def __init__(self, folder: Path, llm: dict[str, Any], bodies: list[str], **entries: dict[str, Any]) -> None:
        """`entries`: of the endpoint, by engine."""
        self.connection = duckdb.connect(str(folder / "warehouse.duckdb"))
        self.tables = create_tables(self.connection)
        self.connection.execute("create table messages (message_id bigint, body varchar)")
        self.connection.executemany("insert into messages values (?, ?)", list(enumerate(bodies)))
        self.llm = llm
        self.entries = entries
        self.runs = 0

    def run(self, **changes: Any) -> None:
        """One run; its rows replace those of the table, which is what `materialized: table` does. `changes`: of the order."""
        self.runs += 1
        order = {
            "version": 2,
            "task": TASK,
            "llm": self.llm,
            "entries": self.entries,
            "invocation_id": f"run-{self.runs}",
            "mode": "live",
            "is_empty": False,
            "is_sample": False,
            "is_incremental": False,
            "is_full_refresh": False,
            "config": {"materialized": "table", "unique_key": None, "on_schema_change": None, "incremental_strategy": None},
            "this": _parts(TASK),
            "relations": {name: _parts(name) for name in self.tables},
            "timestamp_type": "timestamp",
            "variables": {"dbt_llm_response_sources": []},
            **changes,
        }
        self.connection.execute(
            f"create or replace table {TASK}__dbt_llm_order as select ?::varchar as order_text", [json.dumps(order)]
        )
        rows = dbt_llm.enrich(
            _Dbt(), self.connection, self.connection.table("messages"), self.connection.table("dbt_llm__responses")
        )
        self.connection.execute(f"create or replace table {TASK} as {rows.sql_query()}")
        self._record_quarantine()

    def requeue(self, **arguments: Any) -> None:
        """`dbt run-operation dbt_llm.requeue`."""
        node = {"resource_type": "model", "name": TASK, "config": {"meta": {"llm": self.llm}}}
        self._macros(execute=True, graph={"nodes": {"model.project.pii_risk": _Node(node)}}).call("requeue", TASK, **arguments)

    def statuses(self) -> dict[tuple[str, str | None], int]:
        """Rows by (llm_status, llm_reason)."""
        return {(status, reason): count for status, reason, count in self.rows(
            f"select llm_status, llm_reason, count(*) from {TASK} group by all"
        )}  # fmt: skip

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.connection.execute(sql).fetchall()
        return found

    def _record_quarantine(self) -> None:
        self.connection.execute(self._macros(this=TASK).call("_record_quarantine").strip() or "select 1")

    def _macros(self, **names: Any) -> Macros:
        class Types:
            def type_bigint(self) -> str:
                return "bigint"

        functions = {
            "_package_relation": lambda name: Relation(**_parts(name)),
            "_task_name": lambda: TASK,
            "_writes_rows": lambda: True,
            "leave_transaction": lambda: False,
        }
        known = {**database_names(DuckDbWarehouse(self.connection)), "var": {}.get, "invocation_id": "operation", "dbt": Types()}
        return Macros("duckdb", {**known, **names}, functions)


class _Node(dict[str, Any]):
    """A node of the graph, whose keys macros read as attributes."""

    def __getattr__(self, name: str) -> Any:
        return self.get(name)
