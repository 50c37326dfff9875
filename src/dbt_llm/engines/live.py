"""The engine `async`: a hosted API, called through a sliding window, every answer written as it comes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import Executor
from functools import partial
from typing import Any

from ..client import ConfigurationError, Request
from ..contract import PromptTemplate
from ..drain import answer, drain, labels
from ..macros import EngineAnswers
from ..one_thread import OneThread, read_ahead
from ..options import DrainOptions
from ..order import Order
from ..sink import BufferedResponses
from ..warehouses import Warehouse
from ..warehouses.duckdb import DuckDbWarehouse
from .engine import FLEX_DISCOUNT, entry_for, live_part
from .sinks import warehouse_sink

__all__ = ["LiveEngine"]

_SLICE_ROWS = 2_000
_FLEX_TIMEOUT_S = 900.0
"""What OpenAI and Google advise."""


class LiveEngine:
    """An `Engine` on the client of the embedded engine."""

    name = "async"

    def __init__(self, order: Order, warehouse: Warehouse) -> None:
        """Raises `ConfigurationError` where the endpoint has no entry for it."""
        whole = entry_for(order, self.name, warehouse)
        self.entry: Mapping[str, Any] = live_part(whole)
        self.flex_discount = _flex_discount(whole, str(order.llm.get("endpoint")))
        """The share of the prices that the provider takes off in its flex tier; None where the entry names none."""
        self._order = order
        self._warehouse = warehouse

    def answers(self) -> EngineAnswers:
        return {
            "_engine_name": lambda: self.name,
            "_endpoint_faults": self.check,
            "_recover_answers": lambda responses, task: self._collect_batches(task),  # noqa: ARG005 - as the macro is called
            "_complete_relation": self.complete,
            # The tasks of one DuckDB share a process, and so what they spend; those of a platform's jobs do not.
            "_reserves_for_run": self.reserves_for_run,
        }

    def take_flex(self) -> None:
        """Call in the provider's flex tier from now on, at its prices, and wait as long as it may take."""
        assert self.flex_discount is not None
        prices = [name for name in self.entry if name.endswith("_usd_per_million_tokens") and self.entry[name] is not None]
        cheaper = {name: self.entry[name] * (1 - self.flex_discount) for name in prices}
        timeout_s = max(float(self.entry.get("timeout_s") or 0.0), _FLEX_TIMEOUT_S)
        self.entry = {**self.entry, **cheaper, "service_tier": "flex", "timeout_s": timeout_s}

    def reserves_for_run(self) -> str | None:
        """How long it needs the budgets' room that its whole run may take, as the macro of that name says."""
        return None if isinstance(self._warehouse, DuckDbWarehouse) else "run"

    def _collect_batches(self, task: Mapping[str, Any]) -> None:
        from .batched import collect_open_jobs

        collect_open_jobs(self._order, self._warehouse, task)

    def check(self, task: Mapping[str, Any]) -> list[str]:
        """What is wrong with the endpoint, or the task's parameters for it."""
        try:
            self._options(task, "work", "responses", {}).plan()
        except ConfigurationError as error:
            return error.faults
        return []

    def complete(self, work: Any, responses: Any, task: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the work table into the responses; return the outcome."""
        options = self._options(task, str(work), str(responses), run)
        if isinstance(self._warehouse, DuckDbWarehouse):
            from ..duckdb_tables import DuckDbTables

            tables = partial(DuckDbTables, self._warehouse.connection.cursor)
            # The same call as a SQL model's, which commits within 200 ms and shares claims with all tasks here.
            return dict(json.loads(drain(json.dumps(options.__dict__), tables)))
        plan = options.plan()
        of_run = labels(options, plan)
        with OneThread("dbt-llm-warehouse") as session:
            requests = _Work(self._warehouse, str(work), session)

            def open_sink() -> BufferedResponses:
                return warehouse_sink(
                    *(self._warehouse, str(responses), of_run, session),
                    store_prompts=options.store_prompts,
                    embeddings=options.embeddings_relation,
                )

            return answer(options, plan, requests, open_sink).to_dict()

    def _options(self, task: Mapping[str, Any], work: str, responses: str, run: Mapping[str, Any]) -> DrainOptions:
        dimensions = task.get("dimensions")
        return DrainOptions(
            task=task["name"],
            engine=self.name,
            endpoint_name=task["endpoint_name"],
            endpoint=self.entry,
            model_parameters=task["model_parameters"],
            response_format=task["response_schema"] if dimensions is None else None,
            dimensions=dimensions,
            embeddings_relation=None if dimensions is None else str(self._order.relations["dbt_llm__embeddings"]),
            limits=run.get("limits", task["limits"]),
            budgets=run.get("budget_terms"),
            retries=task["retries"],
            store_prompts=task["store_prompts"],
            prompt_version=run.get("prompt_version"),
            prompt_prefix=PromptTemplate(task["prompt"]).prefix(),
            invocation_id=self._order.invocation_id,
            work_relation=work,
            responses_relation=responses,
            # The order is the leave to spend: a platform's Python is not dbt's.
            allow_outside_dbt=True,
        )


def _flex_discount(entry: Mapping[str, Any], name: str) -> float | None:
    value = entry.get(FLEX_DISCOUNT)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise ConfigurationError([f"endpoint '{name}' has a wrong {FLEX_DISCOUNT}. Expected a share from 0 to 1; got '{value}'."])
    return float(value)


class _Work:
    """The work table, read a slice ahead of its use by the one thread that may use the session."""

    settled_elsewhere = 0

    def __init__(self, warehouse: Warehouse, relation: str, session: Executor) -> None:
        self._warehouse = warehouse
        self._relation = relation
        self._session = session

    def count(self) -> int:
        return int(self._warehouse.rows(f"select count(*) from {self._relation}")[0][0])

    async def slices(self) -> AsyncIterator[list[Request]]:
        # A warehouse takes seconds for what is asked in one.
        async for requests in read_ahead(self._session, self._read):
            yield requests

    def _read(self, after: int) -> tuple[int, list[Request]] | None:
        until = after + _SLICE_ROWS
        rows = self._warehouse.rows(
            f"select request_key, prompt, attempt, superseded from {self._relation} where n > {after} and n <= {until} order by n"
        )
        return (
            (until, [Request(key, prompt, int(attempt), int(before)) for key, prompt, attempt, before in rows]) if rows else None
        )
