"""The engine `batch`: a provider's Batch API. One run submits, a later one collects.

Each job is in the ledger before its provider can know of it, and whatever is not certain is looked for before it is
submitted again: see docs/batch.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..client import ConfigurationError, DbtLlmError, Endpoint, Limits, MissingDependencyError
from ..client.forms import Form, form_of
from ..contract import PromptTemplate
from ..drain import DrainResult
from ..macros import EngineAnswers
from ..order import Order
from ..warehouses import Warehouse
from .batch.batch_run import BatchOptions, BatchRun, BatchTask
from .batch.collect import collect
from .batch.ledger import Ledger, Relations
from .batch.provider import BatchProvider
from .batch.providers import make
from .batch.submit import submit
from .engine import entry_for, live_part

__all__ = ["BatchEngine", "Batches", "collect_open_jobs", "has_open_job", "relations_of"]


def relations_of(order: Order) -> Relations:
    """The tables of the ledger."""
    names = ("responses", "batches", "batch_requests", *(["embeddings"] if order.llm.get("kind") == "embedding" else []))
    return Relations(*(str(order.relations[f"dbt_llm__{name}"]) for name in names))


def has_open_job(order: Order, warehouse: Warehouse, task: Mapping[str, Any]) -> bool:
    """Whether the ledger has a job of the task that is not collected."""
    jobs = Ledger(warehouse, relations_of(order), None).open_jobs()
    return any(job.task == task["name"] for job in jobs)


def collect_open_jobs(order: Order, warehouse: Warehouse, task: Mapping[str, Any]) -> None:
    """Take in the jobs that the task has submitted under another engine: their requests are not asked again."""
    if has_open_job(order, warehouse, task):
        BatchEngine(order, warehouse).collect(task)


class BatchEngine:
    """An `Engine` on the ledger of batch jobs."""

    name = "batch"

    def __init__(self, order: Order, warehouse: Warehouse) -> None:
        """Raises `ConfigurationError` where the endpoint has no entry for it."""
        self._whole = entry_for(order, self.name, warehouse)
        self.options, _ = BatchOptions.split_entry(str(order.llm.get("endpoint")), self._whole)
        # A batch is a tier of its own.
        self.entry: Mapping[str, Any] = {**live_part(self._whole), "service_tier": None}
        self._order = order
        self._warehouse = warehouse
        self._batches: Batches | None = None

    def answers(self) -> EngineAnswers:
        return {
            "_engine_name": lambda: self.name,
            "_recover_answers": lambda responses, task: self.collect(task),  # noqa: ARG005 - as the macro is called
            "_empty_outcome": self.nothing_submitted,
            "_endpoint_faults": lambda _: [],
            "_awaits_answers": self.awaits_answers,
            "_reserves_for_run": lambda: "next_run",
            "_complete_relation": lambda work, responses, task, run: self.submit(task, work, run),  # noqa: ARG005 - as above
        }

    def awaits_answers(self, task: Mapping[str, Any]) -> bool:
        """Whether the cost of one of its jobs is still to come."""
        return has_open_job(self._order, self._warehouse, task)

    def collect(self, task: Mapping[str, Any]) -> None:
        """Take in what earlier runs have submitted. Raises `ConfigurationError` where the endpoint cannot work."""
        self._batches_of(task).collect()

    def submit(self, task: Mapping[str, Any], work: Any, run: Mapping[str, Any]) -> dict[str, Any]:
        """Submit the work table; return the outcome, with what was collected before."""
        limits = Limits.from_options(run["limits"], self._endpoint())
        batches, self._batches = self._batches_of(task), None
        return batches.submit(str(work), run["prompt_version"], limits).to_dict()

    def nothing_submitted(self, left: int) -> dict[str, Any]:
        """The outcome of a run that submits nothing, with what was collected in it and is not told yet."""
        if self._batches is None:
            return DrainResult(requests=left, cost_usd=0.0 if self._endpoint().is_priced else None).to_dict()
        return self._batches.outcome(left=left).to_dict()

    def take_collected(self) -> dict[str, Any]:
        """What was collected in this run, told once: a task that repairs asks in more than one round."""
        collected = self.nothing_submitted(left=0)
        self._batches = None
        return collected

    def provider(self, task: Mapping[str, Any]) -> BatchProvider:
        """The provider's Batch API. Raises `ConfigurationError`, `FatalEndpointError` without a key, `MissingDependencyError`."""
        return make(self._whole, self._endpoint().api_key(), for_vectors=task.get("dimensions") is not None)

    def _endpoint(self) -> Endpoint:
        return Endpoint.from_options(str(self._order.llm.get("endpoint")), self.entry)

    def _batches_of(self, task: Mapping[str, Any]) -> Batches:
        # A round of repairs has parameters of its own, and an outcome that does not count the last one's.
        if self._batches is None:
            self._batches = self._new_batches(task)
        return self._batches

    def _new_batches(self, task: Mapping[str, Any]) -> Batches:
        try:
            endpoint = self._endpoint()
            form = form_of(
                *(endpoint, task["model_parameters"], task["response_schema"], PromptTemplate(task["prompt"]).prefix()),
                dimensions=task.get("dimensions"),
            )
            of_task = BatchTask(
                task=task["name"],
                endpoint=endpoint,
                options=self.options,
                limits=Limits.from_options(task["limits"], endpoint),
                invocation_id=self._order.invocation_id,
                store_prompts=task["store_prompts"],
                api_key=endpoint.api_key(),
                # The order is the leave to spend: a platform's Python is not dbt's.
                allow_outside_dbt=True,
                dimensions=task.get("dimensions"),
            )
            return Batches(of_task, self._warehouse, relations_of(self._order), self.provider(task), form)
        except (ConfigurationError, MissingDependencyError):
            raise
        except DbtLlmError as error:
            raise ConfigurationError([str(error)]) from None


class Batches:
    """The batch engine in one run of one task. Used from one thread."""

    def __init__(
        self,
        task: BatchTask,
        warehouse: Warehouse,
        relations: Relations,
        provider: BatchProvider,
        form: Form,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`form`: the wire form that the endpoint's provider has, with this task's parameters. `now`: the clock, in seconds."""
        self._run = BatchRun(task, warehouse, relations, provider, form, now)
        self._began_at = time.monotonic()

    def collect(self) -> None:
        """Look at the task's open jobs, and keep the results of those that have ended. Spends nothing.

        A provider that fails or tells nothing is no error: its jobs stay open, and their rows pending. Raises what the
        platform raises.
        """
        collect(self._run)

    def submit(self, work: str, prompt_version: str | None = None, limits: Limits | None = None) -> DrainResult:
        """Submit what the work table holds: `n` from 1 on, `request_key`, `prompt`, `attempt`. `work`: its name as SQL.

        `limits`: in place of the task's, as where a budget has left less.
        `sent` of the result counts the requests that are in jobs now, `left` those that are in none, and `succeeded`,
        `failed`, the tokens and the cost what was collected in this run. `stopped` may also be `unknown` (a job may have
        been created or not), `upload_failed`, `min_requests` and `limit:enqueued_tokens`.
        Raises `SpendRefusedError` where nothing may be spent, and what the platform raises.
        """
        if limits is not None:
            self._run.task = replace(self._run.task, limits=limits)
        submit(self._run, work, prompt_version)
        return self.outcome()

    def outcome(self, left: int | None = None) -> DrainResult:
        """What the run has come to so far. `left`: how many requests stay pending, where nothing was submitted."""
        result = self._run.result
        if left is not None:
            result.requests = left
        result.end(self._began_at)
        return result
