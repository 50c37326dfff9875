"""A Python task without dbt: the order that `dbt_llm.prepare()` leaves, and what dbt gives to the model's body."""

from __future__ import annotations

import json
from typing import Any

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


def give_order(
    connection: Any, dbt: Dbt, llm: dict[str, Any], entry: dict[str, Any], tables: list[str], invocation_id: str
) -> None:
    """Write the order of a first run. `entry`: the endpoint's, for the engine `async`. `tables`: the package's."""
    order = {
        "version": 1,
        "task": dbt.identifier,
        "llm": {**llm, "engine": "async"},
        "entries": {"async": entry},
        "invocation_id": invocation_id,
        "mode": "live",
        "is_empty": False,
        "is_sample": False,
        "is_incremental": False,
        "is_full_refresh": False,
        "config": {"materialized": "table", "unique_key": None, "on_schema_change": None, "incremental_strategy": None},
        "this": dbt.parts(dbt.identifier),
        "responses_read": dbt.parts("dbt_llm__responses"),
        "relations": {name: dbt.parts(name) for name in tables},
        "timestamp_type": "timestamp",
        "variables": {"dbt_llm_response_sources": [], "dbt_llm_budgets": {}},
    }
    table = dbt.name_of(f"{dbt.identifier}__dbt_llm_order")
    connection.execute(f"create or replace table {table} as select $order as order_text", {"order": json.dumps(order)})
