"""Engines whose models are in the workers of a cluster, which stage what they answer for one writer: what they share."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from typing import Any, Protocol

from ..client import ConfigurationError, Counts, DbtLlmError, Limits, MissingDependencyError, Sink, host
from ..client.forms import form_of
from ..contract import PromptTemplate
from ..drain import DrainResult, limit_reached
from ..duckdb_tables import insert_staged, open_responses
from ..macros import EngineAnswers, Macros
from ..one_thread import OneThread
from ..order import Order
from ..progress import Progress
from ..responses import Labels
from ..warehouses import Warehouse
from ..warehouses.databricks import DatabricksWarehouse
from ..warehouses.duckdb import DuckDbWarehouse
from ..workers.files import absolute, files_at
from ..workers.intake import Intake
from ..workers.lease import held, is_held
from ..workers.options import WorkerOptions
from ..workers.stage import Note, Stage
from ..workers.work import Orders
from .engine import workers_entry
from .sinks import known_keys, warehouse_sink

__all__ = ["Cluster", "WorkersEngine"]

_FIRST_ROWS = 1_000
"""Of a run with a limit on tokens or cost: what these take says what the others will."""


class Cluster(Protocol):
    """The workers of one run, for as long as they are held."""

    tasks_at_once: int
    """Among how many an API's rates are shared out."""

    def ask(self, orders: Orders, after: int, until: int, tick: Callable[[], None], every_s: float, counts: Counts) -> None:
        """Have the requests of the work table with `after` < n <= `until` answered into the stage.

        `tick`: called every `every_s` seconds while the workers are busy. `counts`: where what they did is counted. What
        ends the run is left in the stage as a note. Raises what `tick` raises.
        """


class WorkersEngine:
    """An `Engine` on a cluster's workers, from a model on Databricks or DuckDB. A subclass has the cluster."""

    name: str
    options_type: type[WorkerOptions]

    def __init__(self, order: Order, warehouse: Warehouse) -> None:
        """Raises `ConfigurationError` where the endpoint has no entry for it or a wrong one, or the platform has no cluster."""
        if not isinstance(warehouse, DuckDbWarehouse | DatabricksWarehouse):
            raise ConfigurationError(
                [
                    f"the engine '{self.name}' is not for {warehouse.adapter}. Expected a model on Databricks or DuckDB."
                    " Use 'async'."
                ]
            )
        self.entry: Mapping[str, Any] = workers_entry(order, self.name)
        self._endpoint_name = str(order.llm.get("endpoint"))
        self.options, self.endpoint = self.options_type.split_entry(self._endpoint_name, self.entry)
        self._order = order
        self._warehouse: DuckDbWarehouse | DatabricksWarehouse = warehouse

    def cluster(self, work: str) -> AbstractContextManager[Cluster]:
        """Hold the cluster for a run. `work`: the work table.

        Raises `ConfigurationError`, `MissingDependencyError`.
        """
        raise NotImplementedError

    def answers(self) -> EngineAnswers:
        return {
            "_engine_name": lambda: self.name,
            "_endpoint_faults": self.check,
            "_recover_answers": self.recover,
            "_complete_relation": self.complete,
            # What workers spend is known once it is staged, so room for all of it must be there before.
            "_reserves_for_run": lambda: "run",
        }

    def check(self, task: Mapping[str, Any]) -> list[str]:
        """What is wrong with the entry, or the task's parameters for it, as far as can be seen from here."""
        try:
            Limits.from_options(task["limits"], self.endpoint)
            if self.options.is_over_http:
                form_of(self.endpoint, task["model_parameters"], task["response_schema"], dimensions=task.get("dimensions"))
        except ConfigurationError as error:
            return error.faults
        except MissingDependencyError as error:
            return [str(error)]
        return [] if task.get("dimensions") is None else self.options.faults_of_vectors(self._endpoint_name)

    def recover(self, responses: Any, task: Mapping[str, Any]) -> None:
        """Take in what runs that are dead have staged; and collect the task's open jobs, which another engine submitted."""
        from .batched import collect_open_jobs

        collect_open_jobs(self._order, self._warehouse, task)
        home = self._home(responses)
        counts = DrainResult()
        runs = {name.split("/", 1)[0] for name in files_at(home).names() if "/" in name}
        for run in sorted(runs):
            url = f"{home}/{run}"
            if is_held(url):
                host.warning(
                    f"dbt_llm.enrich: {task['name']}: another run of this task is under way; both ask the same requests."
                )
                continue
            stage = Stage(url)
            is_told = stage.note() is not None
            # A worker may outlive its driver. It begins no further batch, and what it stages yet is for the next run to take in.
            stage.end(Note("failed", "dbt_llm.enrich: the driver of this run is dead."))
            with OneThread("dbt-llm-warehouse") as session:
                intake = self._intake(stage, responses, task, session, counts)
                intake.take()
            intake.finish()
            stage.clear(but_note=not is_told)
        if counts.answered:
            host.info(f"{task['name']}: took over {counts.answered:,} answers that an interrupted run had staged")

    def complete(self, work: Any, responses: Any, task: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, Any]:
        """Have the work table answered; return the outcome."""
        host.refuse_to_spend_unless_asked("enrich", allow_outside_dbt=True)
        began_at = time.monotonic()
        result = DrainResult(requests=int(self._warehouse.rows(f"select count(*) from {work}")[0][0]))
        result.cost_usd = 0.0 if self.endpoint.is_priced else None
        try:
            _Run(self, self._order, self._warehouse, str(work), responses, task, run, result).travel()
        except ConfigurationError as error:
            result.stopped, result.message = "fatal", error.sentence("enrich")
        except DbtLlmError as error:
            result.stopped, result.message = "fatal", str(error)
        result.end(began_at)
        return result.to_dict()

    def _home(self, responses: Any) -> str:
        """Where the stages of the task's runs are: apart from those of a task of that name for other responses."""
        place = str(responses)
        if isinstance(self._warehouse, DuckDbWarehouse):
            place += str(self._warehouse.rows("select path from duckdb_databases() where not internal order by 1"))
        return f"{absolute(self.options.stage)}/{self._order.task}-{hashlib.sha256(place.encode()).hexdigest()[:12]}"

    def _intake(
        self, stage: Stage, responses: Any, task: Mapping[str, Any], session: Executor, counts: Counts, *, is_own: bool = False
    ) -> Intake:
        """Of a stage into the responses table."""
        warehouse, relation = self._warehouse, str(responses)
        store_prompts = bool(task["store_prompts"])
        embeddings = None if task.get("dimensions") is None else str(self._order.relations["dbt_llm__embeddings"])

        def open_sink(labels: Labels) -> Sink:
            if isinstance(warehouse, DuckDbWarehouse):
                cursor = warehouse.connection.cursor()
                return open_responses(
                    cursor, relation, labels, lambda _: None, store_prompts=store_prompts, embeddings=embeddings
                )
            return warehouse_sink(warehouse, relation, labels, session, store_prompts=store_prompts, embeddings=embeddings)

        def insert(labels: Labels, staged: Any) -> None:
            assert isinstance(warehouse, DuckDbWarehouse)
            cursor = warehouse.connection.cursor()
            insert_staged(cursor, relation, labels, staged, store_prompts=store_prompts, embeddings=embeddings)

        def known(labels: Labels, attempts: Mapping[str, int]) -> Collection[str]:
            return known_keys(warehouse, relation, attempts, labels.invocation_id)

        takes_whole_tables = isinstance(warehouse, DuckDbWarehouse)
        return Intake(stage, open_sink, counts, known, insert=insert if takes_whole_tables else None, is_own=is_own)


class _Run:
    """The requests of one work table, job after job: one, or where a limit has to be kept, as many as fit at a time."""

    def __init__(
        self,
        engine: WorkersEngine,
        order: Order,
        warehouse: DuckDbWarehouse | DatabricksWarehouse,
        work: str,
        responses: Any,
        task: Mapping[str, Any],
        run: Mapping[str, Any],
        result: DrainResult,
    ) -> None:
        self._engine = engine
        self._warehouse = warehouse
        self._work = work
        self._responses = responses
        self._task = task
        self._limits = run["limits"]
        self._result = result
        self._url = f"{engine._home(responses)}/{order.invocation_id}"
        self._stage = Stage(self._url)
        self._orders = Orders(
            stage=self._url,
            options=engine.options,
            endpoint=engine.endpoint,
            labels=Labels(order.task, engine.endpoint.model_name, run["prompt_version"], order.invocation_id, engine.name),
            model_parameters=task["model_parameters"],
            response_format=task["response_schema"] if task.get("dimensions") is None else None,
            dimensions=task.get("dimensions"),
            prompt_prefix=PromptTemplate(task["prompt"]).prefix(),
            retries=task["retries"],
            store_prompts=task["store_prompts"],
        )

    def travel(self) -> None:
        """Answer the work, and say in the result how far that went."""
        result = self._result
        progress = Progress(str(self._task["name"]))
        with ExitStack() as stack:
            cluster = stack.enter_context(self._engine.cluster(self._work))
            stack.enter_context(held(self._url))
            session = stack.enter_context(OneThread("dbt-llm-warehouse"))
            intake = self._engine._intake(self._stage, self._responses, self._task, session, result, is_own=True)

            def tick() -> None:
                intake.take()
                line = progress.line(result)
                if line is not None:
                    host.info(line)

            try:
                self._ask(cluster, tick)
            finally:
                tick()
                intake.finish()
                note = self._stage.note()
                self._stage.clear()
        if note is not None:
            result.stopped, result.message = note.stopped, note.message
            if note.stopped in ("throttled", "unanswered"):
                host.warning(note.message)
        # Workers that were killed told nothing.
        result.sent = max(result.sent, result.answered)
        result.calls = max(result.calls, result.answered if self._engine.options.is_over_http else 0)
        if result.failed:
            host.warning(f"dbt_llm.enrich: {self._task['name']}: {result.failed:,} requests failed. See dbt_llm__responses.")
        host.info(progress.last_line(result, result.stopped))

    def _ask(self, cluster: Cluster, tick: Callable[[], None]) -> None:
        orders = replace(self._orders, tasks_at_once=cluster.tasks_at_once)
        # DuckDB has room for a commit at any time; a commit on a platform takes seconds.
        every_s = max(2.0, self._warehouse.linger_s)
        after = 0
        while after < self._result.requests and self._stage.note() is None:
            allowed, limit = self._allowed(self._result.requests - after)
            if allowed == 0:
                name = str(limit).removeprefix("limit:")
                self._stage.end(Note(str(limit), limit_reached(name, self._limits[name], self._result.left)))
                return
            cluster.ask(orders, after, after + allowed, tick, every_s, self._result)
            tick()
            after += allowed

    def _allowed(self, wanted: int) -> tuple[int, str | None]:
        """How many more requests may be asked, and the limit that allows no more."""
        if not self._limits:
            return wanted, None
        result = self._result
        macros = Macros(self._warehouse.adapter, {})
        size = macros.call("text_bytes", "prompt")
        total = self._warehouse.rows(f"select coalesce(sum({size}), 0) from {self._work}")[0][0]
        found = macros.call(
            "_requests_within_limits",
            task={**self._task, "limits": self._limits},
            outcome=result.to_dict(),
            bytes_per_request=float(total) / max(result.requests, 1),
            wanted=wanted,
        )
        is_by_estimate = any(name != "requests" for name in self._limits)
        most = _FIRST_ROWS if is_by_estimate and not result.succeeded else wanted
        return min(int(found["requests"]), most), found["reason"]
