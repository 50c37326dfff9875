"""The order: what `dbt_llm.prepare()` tells the body of a Python model that only dbt knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .client import ConfigurationError
from .macros import Relation
from .warehouses import Warehouse

__all__ = ["ORDER", "VERSION", "Order"]

VERSION = 2
ORDER = "__dbt_llm_order"
"""What the name of an order's table has after that of its model."""


@dataclass(frozen=True)
class Order:
    """One run of one task, as its pre-hook ordered it. Only what an order asks for is ever paid."""

    task: str
    llm: Mapping[str, Any]
    entries: Mapping[str, Mapping[str, Any]]
    invocation_id: str
    mode: str
    is_empty: bool
    is_sample: bool
    is_incremental: bool
    is_full_refresh: bool
    config: Mapping[str, Any]
    this: Relation
    relations: Mapping[str, Relation]
    timestamp_type: str
    variables: Mapping[str, Any]

    @classmethod
    def read(cls, warehouse: Warehouse, this: Any) -> Order:
        """The order that stands for the model `this` (`dbt.this`).

        Raises `ConfigurationError` where there is none, or one that has been carried out.
        """
        name = Relation(warehouse.sql_name(str(this)), this.database, this.schema, this.identifier)
        table = name.beside(ORDER)
        found = warehouse.rows(f"select order_text from {table}") if warehouse.exists(table) else []
        if not found:
            raise ConfigurationError(
                [
                    f"'{this.identifier}' has no order to pay for anything. Expected its pre-hook to have left one; got none."
                    ' Add `pre_hook: "{{ dbt_llm.prepare() }}"` to the model\'s config in its YAML.'
                ]
            )
        given = json.loads(found[0][0])
        version = given.pop("version", None)
        if version != VERSION:
            raise ConfigurationError(
                [
                    f"the dbt package writes orders of version {version}. Expected version {VERSION}, which this companion reads."
                    " Install the companion of the package's version where the Python model runs."
                ]
            )
        given["relations"] = {model: _relation(parts) for model, parts in given["relations"].items()}
        given["this"] = _relation(given["this"])
        order = cls(**given)
        order._refuse_if_done(warehouse)
        return order

    def _refuse_if_done(self, warehouse: Warehouse) -> None:
        runs = self.relations["dbt_llm__runs"]
        # Both are names that dbt has made: letters, digits and punctuation without quotes.
        done = warehouse.exists(runs) and warehouse.rows(
            f"select 1 from {runs} where task = '{self.task}' and invocation_id = '{self.invocation_id}' limit 1"
        )
        if done and not self.is_empty:
            raise ConfigurationError(
                [
                    f"the order of '{self.task}' was carried out by the invocation {self.invocation_id}. Expected a new one;"
                    ' got none. Add `pre_hook: "{{ dbt_llm.prepare() }}"` to the model\'s config in its YAML.'
                ]
            )


def _relation(parts: Mapping[str, Any]) -> Relation:
    return Relation(parts["rendered"], parts["database"], parts["schema"], parts["identifier"])
