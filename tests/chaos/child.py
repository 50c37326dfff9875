"""One run of a schedule's engine, in a process that may be killed at any moment, and without dbt."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.schedule import RESPONSE_FORMAT, TEMPLATE, Road
from tests.support import dbt_process
from tests.support.batch_task import MODEL, PRICES, RELATIONS, task_of

MINUTE_S = 60.0
_MOST_ROUNDS = 12
DATABASE = "warehouse.duckdb"
SCHEMA = {"type": "object", "properties": RESPONSE_FORMAT, "required": list(RESPONSE_FORMAT)}


@dataclass(frozen=True)
class Order:
    """What a run is told. `pending`: the statements that write each task's work table, by the task's name.

    `settles`: on `batch`, run again and again, the clock going on, until nothing is pending.
    """

    road: Road
    number: int
    folder: str
    base_url: str
    pending: Mapping[str, Sequence[str]]
    max_in_flight: int
    timeout_s: float
    batch_requests: int
    limit: int | None = None
    clock_s: float = 0.0
    loses_writes: bool = False
    settles: bool = False
    mutation: str | None = None

    @property
    def invocation_id(self) -> str:
        return f"run-{self.number}"

    @property
    def outcome(self) -> Path:
        """The file with what its tasks say that they did; there once it has come to an end."""
        return Path(self.folder) / f"run-{self.number}.json"

    @property
    def limits(self) -> dict[str, Any]:
        return {} if self.limit is None else {"requests": self.limit}


def task(name: str) -> dict[str, Any]:
    """A task, as the macros have it."""
    own = {"prompt": TEMPLATE, "response_format": RESPONSE_FORMAT, "response_schema": SCHEMA}
    return task_of(name=name, limits={}, retries=5, store_prompts=False, **own)


def run(order: Order) -> None:
    """Carry out an order. Called in a process of its own."""
    import duckdb

    from dbt_llm.client import calls
    from dbt_llm.duckdb import register
    from tests.chaos import mutations

    signal.signal(signal.SIGINT, signal.default_int_handler)
    output = os.open(Path(order.folder) / f"run-{order.number}.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    dbt_process.set_clock(order.clock_s)
    # A schedule is to take a second or two.
    calls.BACKOFF_S, calls.LONGEST_BACKOFF_S = 0.02, 0.2
    if order.mutation is not None:
        mutations.MUTATIONS[order.mutation]()
    connection = duckdb.connect(str(Path(order.folder) / DATABASE))
    register(connection)
    counted = _batch(order, connection) if order.road == "batch" else _live(order, connection)
    connection.close()
    part = order.outcome.with_suffix(".part")
    part.write_text(json.dumps(counted))
    part.replace(order.outcome)


def _live(order: Order, connection: Any) -> list[dict[str, Any]]:
    """Each task in a thread of its own, as dbt's tasks run; what they say."""
    for statements in order.pending.values():
        for statement in statements:
            connection.execute(statement)
    answer = _drain if order.road == "drain" else _async
    counted: list[dict[str, Any]] = []
    failures: list[BaseException] = []

    def work(name: str, session: Any) -> None:
        try:
            counted.append(_columns(answer(order, name, session), order.invocation_id, name))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name, connection.cursor())) for name in order.pending]
    for thread in threads:
        thread.start()
    # Python 3.11 takes a thread for ended whose `join` was interrupted, and does not wait for it.
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.01)
    if failures:
        raise failures[0]
    return counted


def _entry(order: Order) -> dict[str, Any]:
    numbers = {"max_in_flight": order.max_in_flight, "timeout_s": order.timeout_s}
    return {"model_name": MODEL, "base_url": order.base_url, **numbers, **PRICES}


def _drain(order: Order, name: str, session: Any) -> dict[str, Any]:
    options = {
        "task": name,
        "endpoint_name": "fast",
        "endpoint": _entry(order),
        "response_format": SCHEMA,
        "work_relation": f"work_{name}",
        "responses_relation": RELATIONS.responses,
        "invocation_id": order.invocation_id,
        "limits": order.limits,
        "allow_outside_dbt": True,
    }
    found = session.execute("select dbt_llm_drain($text)", {"text": json.dumps(options)}).fetchall()
    outcome: dict[str, Any] = json.loads(found[0][0])
    return outcome


class Platform:
    """A `Warehouse` that is not DuckDB to the engine `async`, as a platform's is not. Its rows go to the same tables."""

    adapter = "duckdb"
    linger_s = 0.1

    def __init__(self, connection: Any, order: Order) -> None:
        from dbt_llm.warehouses.duckdb import DuckDbWarehouse

        self._inner = DuckDbWarehouse(connection)
        self._draw = random.Random(order.number)
        self._loses_writes = order.loses_writes

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._inner.rows(sql)

    def append(self, relation: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Append them; where writes are lost, one in four fails, with its rows there or not."""
        fate = self._draw.random() if self._loses_writes else 1.0
        if fate >= 0.125:
            self._inner.append(relation, rows)
        if fate < 0.25:
            raise ConnectionError("the session was lost")


def _async(order: Order, name: str, session: Any) -> dict[str, Any]:
    from dbt_llm import order as orders
    from dbt_llm.engines.live import LiveEngine
    from dbt_llm.macros import Relation

    given = orders.Order(
        task=name, llm={"endpoint": "fast"}, entries={"async": _entry(order)}, invocation_id=order.invocation_id, mode="",
        is_empty=False, is_sample=False, is_incremental=False, is_full_refresh=False, config={},
        this=Relation(name, "", "", name), relations={}, timestamp_type="timestamp", variables={},
    )  # fmt: skip
    engine = LiveEngine(given, Platform(session, order))  # type: ignore[arg-type]
    return engine.complete(f"work_{name}", RELATIONS.responses, task(name), {"limits": order.limits})


def _batch(order: Order, connection: Any) -> list[dict[str, Any]]:
    from dbt_llm.engines.batch.batch_run import BatchOptions
    from dbt_llm.engines.batch.providers import make
    from tests.support.batch_task import BatchTaskRun

    provider = make({"provider": "openai", "model_name": MODEL, "base_url": order.base_url}, "no-key")
    [(name, _)] = order.pending.items()
    made = BatchTaskRun(
        connection,
        provider,
        options=BatchOptions(batch_requests=order.batch_requests),
        limits=order.limits,
        response_schema=SCHEMA,
        **{key: value for key, value in task(name).items() if key in ("name", "prompt", "response_format")},
    )
    made.runs = 100 * order.number
    counted = []
    for _ in range(_MOST_ROUNDS if order.settles else 1):
        outcome = made.run().to_dict()
        counted.append(_columns(outcome, f"run-{made.runs}", name))
        [(waiting,)] = connection.execute(f"select count(*) from ({made.query}) where llm_status = 'pending'").fetchall()
        if not waiting:
            break
        dbt_process.set_clock(11 * MINUTE_S)
        made.now = time.time
    return counted


def _columns(outcome: Mapping[str, Any], invocation_id: str, name: str) -> dict[str, Any]:
    """An engine's outcome by the names of dbt_llm__runs."""
    return {
        "invocation_id": invocation_id,
        "task": name,
        "succeeded_requests": outcome["succeeded"],
        "failed_requests": outcome["failed"],
        "calls": outcome["calls"],
        "input_tokens": outcome["input_tokens"],
        "output_tokens": outcome["output_tokens"],
        "stopped": outcome["stopped"],
    }
