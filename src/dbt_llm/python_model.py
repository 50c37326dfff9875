"""`dbt_llm.enrich()` in a dbt Python model: the task of a SQL model, with the calls made by an engine of this companion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import engines
from .client import ConfigurationError, DbtLlmError
from .macros import Macros, ModelAnswers, Relation, database_names
from .order import ORDER, Order
from .warehouses import Warehouse, warehouse_of
from .warehouses.duckdb import DuckDbWarehouse

__all__ = ["enrich"]


def enrich(
    dbt: Any,
    session: Any,
    input: Any,  # noqa: A002 - the design's name, and what it is
    responses: Any,
    meta: Mapping[str, Any] | None = None,
    *,
    response_format: Any = None,
) -> Any:
    """Return the input's rows with the response format's columns, then `llm_status` and its three companions.

    `dbt`, `session`: as dbt gives them to the model. `input`: the DataFrame of what is to be read, in the platform's
    own kind; all its columns are kept. `responses`: `dbt.ref("dbt_llm__responses")`, for the lineage. `meta`:
    `dbt.config.get("meta")`, whose `llm` is the task. `response_format`: a Pydantic class, in place of the task's own.

    The model's config needs the hooks `dbt_llm.prepare()` and `dbt_llm.record()`; without the first nothing is paid.
    Raises `DbtLlmError`: a `ConfigurationError` with every fault, before anything is sent.
    """
    try:
        warehouse = warehouse_of(session)
        order = Order.read(warehouse, dbt.this)
        _check_responses(order, responses)
        road = _Road(warehouse, order, _llm(order, meta, response_format), warehouse.name_of(input))
        query = road.travel()
        if response_format is not None:
            _tell_response_format(warehouse, order, road.llm["response_format"])
        return warehouse.frame(query)
    except ConfigurationError as error:
        raise TaskError(error.sentence("enrich")) from None
    except DbtLlmError as error:
        raise TaskError(str(error)) from None


class TaskError(DbtLlmError):
    """What `enrich` says on purpose. It shows no traceback, which dbt prints of whatever a model raises and nobody needs."""

    @property
    def __traceback__(self) -> None:
        return None

    @__traceback__.setter
    def __traceback__(self, value: object) -> None:
        """Python's own `raise` does not come here; those who re-raise, such as `contextlib`, do."""


@dataclass
class _Road:
    """One run: what `resolve()` does in a SQL model's pre-hook, then the query of the table."""

    warehouse: Warehouse
    order: Order
    llm: Mapping[str, Any]
    relation: str

    def travel(self) -> str:
        """Answer what is pending, as far as may be; return the query of the table's rows."""
        order = self.order
        names = self._names()
        writer = Macros(self.warehouse.adapter, names, self._answers())
        engine = engines.choose(self.llm, order, self.warehouse)
        task = self._task(writer, engine)
        query: str = writer.call(
            "_task_query", relation=self.relation, responses=order.relations["dbt_llm__responses"], task=task
        )
        if order.is_empty:
            return f"select * from (\n{query}\n) as emptied where 1 = 0"
        if isinstance(self.warehouse, DuckDbWarehouse):
            self.warehouse.recover(str(order.relations["dbt_llm__responses"]))
        answers: ModelAnswers = {**self._answers(), "_task": lambda _: task}
        Macros(self.warehouse.adapter, {**names, "compiled_code": query}, {**answers, **engine.answers()}).call("_resolve_model")
        return query

    def _task(self, writer: Macros, engine: engines.Engine) -> dict[str, Any]:
        llm = self.llm
        response_format = writer.call("_response_format_of", llm)
        schema = writer.call("_response_schema", response_format)
        is_embedding = llm.get("kind") == "embedding"
        # What is wrong with an embedding the hook has said.
        faults = [] if is_embedding else writer.call("_schema_faults", schema, "response_format")
        if faults:
            raise ConfigurationError(faults)
        return {
            "name": self.order.task,
            "endpoint_name": llm["endpoint"],
            "endpoint": engine.entry,
            "model_name": engine.entry["model_name"],
            "prompt": llm["prompt"].rstrip("\n"),
            "response_format": response_format,
            "response_schema": schema,
            "dimensions": llm["dimensions"] if is_embedding else None,
            "model_parameters": llm.get("model_parameters") or {},
            "limits": llm.get("limits") or {},
            "max_attempts": llm.get("max_attempts", 3),
            "retries": llm.get("retries", 5),
            "store_prompts": llm.get("store_prompts", False),
            "keep_previous": llm.get("keep_previous", False),
            "repair": llm.get("repair", 0),
            "filter": writer.call("_filter_of", llm),
            # For every engine: a request that is in a job is not asked again, whoever submitted it.
            "batches": {name: self.order.relations[f"dbt_llm__{name}"] for name in ("batches", "batch_requests")},
        }

    def _names(self) -> dict[str, Any]:
        order = self.order
        return {
            **database_names(self.warehouse),
            "invocation_id": order.invocation_id,
            "this": order.this,
            "config": _Config(order.config),
            "var": lambda name, default=None: order.variables.get(name, default),
            "is_incremental": lambda: order.is_incremental,
            "should_full_refresh": lambda: order.is_full_refresh,
            "dbt": _Types(order.timestamp_type),
            "model": {
                "name": order.task,
                "language": "python",
                "resource_type": "model",
                "unrendered_config": order.config.get("unrendered_config"),
            },
        }

    def _answers(self) -> ModelAnswers:
        order = self.order

        def work_relation(suffix: str) -> Relation:
            return order.this.beside(f"__dbt_llm_{suffix}")

        return {
            "_package_relation": lambda name: order.relations[name],
            "_work_relation": work_relation,
            "_task_name": lambda: order.task,
            "_mode": lambda: "cache_only" if order.is_sample else order.mode,
            "_writes_rows": lambda: True,
            "_is_built": lambda: True,
        }


class _Config:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def get(self, name: str, default: Any = None) -> Any:
        value = self._values.get(name)
        return default if value is None else value


class _Types:
    def __init__(self, timestamp: str) -> None:
        self._timestamp = timestamp

    def type_timestamp(self) -> str:
        return self._timestamp

    def type_bigint(self) -> str:
        # The word that every platform takes.
        return "bigint"


def _without_last_breaks(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    if isinstance(value, Mapping):
        return {key: _without_last_breaks(item) for key, item in value.items()}
    return [_without_last_breaks(item) for item in value] if isinstance(value, list) else value


def _llm(order: Order, meta: Mapping[str, Any] | None, response_format: Any) -> dict[str, Any]:
    """The task: from the model's own `meta`, or as the order has it."""
    stated = (meta or {}).get("llm")
    # dbt 2 leaves the line break at the end of a YAML block, which the order's keys are made without.
    llm = dict(order.llm if not stated or _without_last_breaks(stated) == _without_last_breaks(order.llm) else stated)
    if llm.get("kind") == "embedding" and response_format is None:
        return llm
    if response_format is not None:
        if "response_format" in llm or "kind" in llm:
            raise DbtLlmError(
                "dbt_llm.enrich: the response format is given twice. Expected it in meta.llm or as the argument"
                " response_format; got both. Remove one."
            )
        from .response_format import response_format_of

        llm["response_format"] = response_format_of(response_format)
    if not llm.get("response_format"):
        raise DbtLlmError(
            "dbt_llm.enrich: no response format. Expected meta.llm.response_format, or a Pydantic class as the argument"
            " response_format; got neither. Add one."
        )
    return llm


def _check_responses(order: Order, responses: Any) -> None:
    """That the frames are not swapped: a model that reads its input as responses would pay for everything again."""
    names = {str(name).lower() for name in getattr(responses, "columns", ())}
    if "request_key" not in names:
        raise DbtLlmError(
            f"dbt_llm.enrich: the fourth argument of '{order.task}' is not the responses. Expected"
            ' dbt.ref("dbt_llm__responses"); got a frame without the column request_key. Pass input and responses in this order.'
        )


def _tell_response_format(warehouse: Warehouse, order: Order, response_format: Mapping[str, Any]) -> None:
    """Leave the response format of a Pydantic class in the order, where the post-hook finds what dbt cannot see."""
    text = json.dumps({"llm": {"response_format": response_format}})
    literal = Macros(warehouse.adapter, {}).call("string_literal", text)
    table = order.this.beside(ORDER)
    warehouse.execute(f"drop table if exists {table}")
    warehouse.execute(f"create table {table} as select {literal} as order_text")
