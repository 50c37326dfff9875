"""A task whose engine is `batch`, with the package's own SQL, the real engine and DuckDB, but without dbt."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb

from dbt_llm.client import Endpoint, Limits
from dbt_llm.client.forms import form_of
from dbt_llm.drain import DrainResult
from dbt_llm.engines.batch.batch_run import BatchOptions, BatchTask
from dbt_llm.engines.batch.ledger import Relations
from dbt_llm.engines.batch.provider import BatchProvider
from dbt_llm.engines.batched import Batches
from dbt_llm.macros import Macros, Relation
from dbt_llm.warehouses.duckdb import DuckDbWarehouse
from tests.support.package_tables import create_tables

RELATIONS = Relations("dbt_llm__responses", "dbt_llm__batches", "dbt_llm__batch_requests", "dbt_llm__embeddings")
MODEL = "test-model"
PRICES = {"input_usd_per_million_tokens": 1.0, "output_usd_per_million_tokens": 2.0}


def vectors_of(dimensions: int) -> dict[str, Any]:
    """What a task says of itself whose answers are vectors."""
    schema = {
        "type": "object",
        "properties": {"embedding": {"type": "vector", "dimensions": dimensions}},
        "required": ["embedding"],
    }
    return {
        "prompt": "{body}",
        "response_format": {"kind": "embedding", "dimensions": dimensions},
        "response_schema": schema,
        "dimensions": dimensions,
    }


def task_of(**task: Any) -> dict[str, Any]:
    """A task as the macros have it."""
    return {
        "name": "pii_risk",
        "endpoint_name": "fast",
        "model_name": MODEL,
        "prompt": "PII? {body}",
        "response_format": {"has_pii": {"type": "boolean"}},
        "response_schema": {"type": "object", "properties": {"has_pii": {"type": "boolean"}}, "required": ["has_pii"]},
        "model_parameters": {},
        "max_attempts": 3,
        "batches": {"batches": RELATIONS.batches, "batch_requests": RELATIONS.batch_requests},
        **task,
    }


class TrippingWarehouse(DuckDbWarehouse):
    """DuckDB, with a step before and after each append."""

    def __init__(self, connection: Any, step: Callable[[], None]) -> None:
        super().__init__(connection)
        self.step = step

    def append(self, relation: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self.step()
        super().append(relation, rows)
        self.step()


class BatchTaskRun:
    """Runs of one task over the table `messages`, each as `resolve()` goes about it, then the table's query."""

    def __init__(
        self,
        connection: Any,
        provider: BatchProvider,
        step: Callable[[], None] = lambda: None,
        *,
        options: BatchOptions | None = None,
        limits: Mapping[str, Any] | None = None,
        endpoint: Mapping[str, Any] | None = None,
        **task: Any,
    ) -> None:
        """`provider`: a fake with a clock of its own, or a real one. `endpoint`: further keys of its entry."""
        self.connection = connection
        self.provider = provider
        self.warehouse = TrippingWarehouse(connection, step)
        self.task = task_of(**task)
        self.now: Callable[[], float] = getattr(provider, "now", time.time)
        self.endpoint = Endpoint.from_options(
            "fast", {"model_name": self.task["model_name"], "base_url": "http://localhost", **PRICES, **(endpoint or {})}
        )
        self.form = form_of(self.endpoint, {}, self.task["response_schema"], dimensions=self.task.get("dimensions"))
        self.options = options or BatchOptions()
        self.limits = Limits.from_options(limits or {}, self.endpoint)
        self.store_prompts = False
        self.runs = 0
        self.query, self.pending = rendered(self.task)

    def batches(self) -> Batches:
        self.runs += 1
        task = BatchTask(
            task=self.task["name"],
            endpoint=self.endpoint,
            options=self.options,
            limits=self.limits,
            invocation_id=f"run-{self.runs}",
            store_prompts=self.store_prompts,
            allow_outside_dbt=True,
            dimensions=self.task.get("dimensions"),
        )
        return Batches(task, self.warehouse, RELATIONS, self.provider, self.form, now=self.now)

    def run(self) -> DrainResult:
        """One run of the task."""
        batches = self.batches()
        batches.collect()
        for statement in self.pending:
            self.connection.execute(statement)
        return batches.submit("work", "version1")

    def rows(self) -> list[tuple[Any, ...]]:
        """The table as it would be written now: message_id, has_pii, llm_status, llm_reason."""
        found: list[tuple[Any, ...]] = self.connection.execute(
            f"select message_id, has_pii, llm_status, llm_reason from ({self.query}) order by message_id"
        ).fetchall()
        return found

    def statuses(self) -> dict[tuple[str, str | None], int]:
        query = f"select llm_status, llm_reason, count(*) from ({self.query}) group by all"
        return {(status, reason): count for status, reason, count in self.connection.execute(query).fetchall()}

    def states(self) -> list[tuple[str, int]]:
        """The latest state and the requests of each job, oldest first."""
        found: list[tuple[str, int]] = self.connection.execute(
            f"select arg_max(state, sequence), max(requests) from {RELATIONS.batches} group by batch_key"
            " order by min(recorded_at), batch_key"
        ).fetchall()
        return found

    def responses(self, columns: str = "*") -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.connection.execute(f"select {columns} from {RELATIONS.responses}").fetchall()
        return found


def rendered(
    task: dict[str, Any], relation: str = "messages", adapter: str = "duckdb", work: str = "work"
) -> tuple[str, list[str]]:
    """A task's query, and the statements by which its pending requests become the table of the name `work`."""
    statements: list[str] = []

    class Counted:
        rows = ((0, 0, 0, "", 0),)

    def run_query(sql: str) -> Counted:
        statements.append(sql)
        return Counted()

    names = {"config": {"materialized": "table"}, "this": None, "var": {}.get, "run_query": run_query}
    macros = Macros(adapter, names, {"_package_relation": lambda name: name})
    query = macros.call("_task_query", relation=relation, responses=RELATIONS.responses, task=task)
    steps = macros.call("_compiled_steps", query)
    macros.call("_write_pending_requests", task, steps, Relation(work, "", "", work))
    # All but the last, which counts.
    return query, statements[:-1]


def write_messages(connection: Any, bodies: Sequence[str]) -> None:
    connection.execute("create or replace table messages (message_id bigint, body varchar)")
    if bodies:
        connection.executemany("insert into messages values (?, ?)", list(enumerate(bodies)))


def opened(path: str = ":memory:", bodies: Sequence[str] = ()) -> Any:
    """A DuckDB connection with the package's tables and messages."""
    connection = duckdb.connect(path)
    create_tables(connection, vars(RELATIONS).values())
    write_messages(connection, bodies)
    return connection
