"""`dbt_llm.train_filter()` in a dbt Python model: the filter of a task, from the rows of `filter_rows`, as a row of its table."""

from __future__ import annotations

import json
from typing import Any

from .client import ConfigurationError, DbtLlmError
from .filters.labelled import labelled, train_on
from .macros import Macros
from .python_model import TaskError
from .warehouses import Warehouse, warehouse_of

__all__ = ["train_filter"]


def train_filter(dbt: Any, session: Any, rows: Any) -> Any:
    """Return the filter that the labelled rows prove, as one row; none while one is in force, unless this is a full refresh.

    `dbt`, `session`: as dbt gives them to the model. `rows`: `dbt.ref(…)` of the model with `dbt_llm.filter_rows`, in the
    platform's own kind. The model's post-hook is `dbt_llm.record_filter()`, which hands the filter to its task. A filter that
    is not proven is a row too, and says why.

    Raises `DbtLlmError` where the rows are none of `filter_rows`, or cannot be trained on.
    """
    try:
        warehouse = warehouse_of(session)
        found = labelled(warehouse, warehouse.name_of(rows))
        # Without rows the post-hook knows whether that is --empty or a task that has not run.
        if found is None or (dbt.is_incremental and found.filter_in_force):
            return warehouse.frame(f"select * from (\n{_row(warehouse, {})}\n) as nothing_new where 1 = 0")
        return warehouse.frame(_row(warehouse, train_on(warehouse, found).values))
    except ConfigurationError as error:
        raise TaskError(error.sentence("train_filter")) from None
    except DbtLlmError as error:
        raise TaskError(str(error)) from None


def _row(warehouse: Warehouse, values: dict[str, Any]) -> str:
    """The query of a row of dbt_llm__filters. What is not among the values is NULL, but for `trained_at`, which is now."""
    macros = Macros(warehouse.adapter, {})

    def column(name: str, schema: dict[str, Any]) -> str:
        if name == "trained_at":
            return f"{macros.call('current_utc')} as {name}"
        text = macros.call("string_literal", json.dumps(values.get(name)))
        return f"{macros.call('typed_value', macros.call('parse_json', text), schema)} as {name}"

    return "select\n    " + ",\n    ".join(column(name, schema) for name, schema in _schemas().items())


def _schemas() -> dict[str, dict[str, Any]]:
    """The columns of dbt_llm__filters with the JSON Schema of their values, from the macro that makes the table."""
    macros = Macros("duckdb", {"dbt": _Types()}, {"column_type": lambda schema: schema})
    columns: dict[str, dict[str, Any]] = macros.call("_package_columns", "dbt_llm__filters")
    return columns


class _Types:
    """dbt's names of types, as JSON Schemas."""

    def type_string(self) -> dict[str, str]:
        return {"type": "string"}

    def type_bigint(self) -> dict[str, str]:
        return {"type": "integer"}

    def type_boolean(self) -> dict[str, str]:
        return {"type": "boolean"}

    def type_timestamp(self) -> dict[str, str]:
        return {"type": "string", "format": "date-time"}
