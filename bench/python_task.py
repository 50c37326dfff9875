"""A Python task without dbt: the order that `dbt_llm.prepare()` leaves, and what dbt gives to the model's body."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import dbt_llm
from dbt_llm.order import ORDER, VERSION
from tests.support.package_tables import create_tables

SCHEMA = "main"


class Dbt:
    """What a Python model is given as `dbt`, as far as `enrich` asks for it."""

    def __init__(self, connection: Any, name: str) -> None:
        [(self.database,)] = connection.execute("select current_database()").fetchall()
        self.schema = SCHEMA
        self.identifier = name
        self.this = self

    def __str__(self) -> str:
        return self.name_of(self.identifier)

    def name_of(self, identifier: str) -> str:
        """A relation beside the model, as SQL."""
        return f'"{self.database}"."{self.schema}"."{identifier}"'

    def parts(self, identifier: str) -> dict[str, str]:
        """A relation beside the model, as an order has it."""
        name = self.name_of(identifier)
        return {"rendered": name, "database": self.database, "schema": self.schema, "identifier": identifier}


class PythonTask:
    """A Python task on DuckDB, with what its pre-hook, its body and its materialization do."""

    def __init__(self, connection: Any, llm: Mapping[str, Any], endpoint: Mapping[str, Any]) -> None:
        """Create the package's tables. `llm`: the task. `endpoint`: its endpoint's entry for the engine `async`."""
        self._connection = connection
        self._llm = {**llm, "endpoint": "bench", "engine": "async"}
        self._endpoint = endpoint
        self._dbt = Dbt(connection, "bench")
        self._tables = create_tables(connection)
        self._runs = 0

    def run(self, messages: str, table: str) -> None:
        """Run the task over a relation, and write its table anew."""
        self._runs += 1
        self._give_order()
        # As dbt-duckdb gives it to a model: a cursor.
        session = self._connection.cursor()
        frame = dbt_llm.enrich(self._dbt, session, session.table(messages), session.table("dbt_llm__responses"))
        session.execute(f"drop table if exists {table}")
        frame.create(table)

    def _give_order(self) -> None:
        dbt = self._dbt
        order = {
            "version": VERSION,
            "task": dbt.identifier,
            "llm": self._llm,
            "entries": {"async": self._endpoint},
            "invocation_id": f"run-{self._runs}",
            "mode": "live",
            "is_empty": False,
            "is_sample": False,
            "is_incremental": False,
            "is_full_refresh": False,
            "config": {"materialized": "table", "unique_key": None, "on_schema_change": None, "incremental_strategy": None},
            "this": dbt.parts(dbt.identifier),
            "relations": {name: dbt.parts(name) for name in self._tables},
            "timestamp_type": "timestamp",
            "variables": {"dbt_llm_response_sources": [], "dbt_llm_budgets": {}},
        }
        table = dbt.name_of(dbt.identifier + ORDER)
        self._connection.execute(f"create or replace table {table} as select $order as order_text", {"order": json.dumps(order)})
