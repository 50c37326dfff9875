"""The engine `batch`: a provider's Batch API. One run submits, a later one collects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..client import ConfigurationError, DbtLlmError, Endpoint, Limits, MissingDependencyError
from ..client.forms import form_of
from ..contract import PromptTemplate
from ..order import Order
from ..warehouses import Warehouse
from .batch.engine import Batches, BatchTask, Relations
from .batch.ledger import Ledger
from .batch.options import BatchOptions
from .batch.provider import BatchProvider
from .batch.providers import make
from .engine import Functions, as_outcome
from .entries import entry_for, live_part


def relations_of(order: Order) -> Relations:
    """The tables of the ledger."""
    return Relations(*(str(order.relations[f"dbt_llm__{name}"]) for name in ("responses", "batches", "batch_requests")))


def has_open_job(order: Order, warehouse: Warehouse, task: Mapping[str, Any]) -> bool:
    """Whether the ledger has a job of the task that is not collected."""
    jobs = Ledger(warehouse, relations_of(order), None).open_jobs()
    return any(job.task == task["name"] for job in jobs)


class BatchEngine:
    """An `Engine` on the ledger of batch jobs."""

    name = "batch"

    def __init__(self, order: Order, warehouse: Warehouse) -> None:
        """Raises `ConfigurationError` where the endpoint has no entry for it."""
        self._whole = entry_for(order, self.name, warehouse)
        self.options, _ = BatchOptions.take(str(order.llm.get("endpoint")), self._whole)
        self.entry: Mapping[str, Any] = live_part(self._whole)
        self._order = order
        self._warehouse = warehouse
        self._batches: Batches | None = None

    def functions(self) -> Functions:
        return {
            "adapter_name": lambda: self.name,
            "recover_answers": lambda responses, task: self.collect(task),  # noqa: ARG005 - as the macro is called
            "_empty_outcome": self.nothing_submitted,
            "check_endpoint": lambda _: [],
            "_awaits_answers": self.awaits_answers,
            "_reserves_for_run": lambda: "next_run",
            "complete_relation": lambda work, responses, task: self.submit(task, work),  # noqa: ARG005 - as the macro is called
        }

    def awaits_answers(self, task: Mapping[str, Any]) -> bool:
        """Whether the cost of one of its jobs is still to come."""
        return has_open_job(self._order, self._warehouse, task)

    def collect(self, task: Mapping[str, Any]) -> None:
        """Take in what earlier runs have submitted. Raises `ConfigurationError` where the endpoint cannot work."""
        self._of(task).collect()

    def submit(self, task: Mapping[str, Any], work: Any) -> dict[str, Any]:
        """Submit the work table; return the outcome, with what was collected before."""
        # A budget may have left less than the task allows.
        limits = Limits.from_options(task["limits"], self._endpoint())
        return as_outcome(self._of(task).submit(str(work), task.get("prompt_version"), limits))

    def nothing_submitted(self, left: int) -> dict[str, Any]:
        """The outcome of a run that submits nothing, with what was collected in it."""
        assert self._batches is not None, "what is pending is worked out after what is open was collected"
        return as_outcome(self._batches.outcome(left=left))

    def provider(self) -> BatchProvider:
        """The provider's Batch API. Raises `ConfigurationError`, `FatalEndpointError` without a key, `MissingDependencyError`."""
        return make(self._whole, self._endpoint().api_key())

    def _endpoint(self) -> Endpoint:
        return Endpoint.from_options(str(self._order.llm.get("endpoint")), self.entry)

    def _of(self, task: Mapping[str, Any]) -> Batches:
        if self._batches is None:
            self._batches = self._make(task)
        return self._batches

    def _make(self, task: Mapping[str, Any]) -> Batches:
        try:
            endpoint = self._endpoint()
            form = form_of(endpoint, task["model_parameters"], task["response_schema"], PromptTemplate(task["prompt"]).prefix())
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
            )
            return Batches(of_task, self._warehouse, relations_of(self._order), self.provider(), form)
        except (ConfigurationError, MissingDependencyError):
            raise
        except DbtLlmError as error:
            raise ConfigurationError([str(error)]) from None
