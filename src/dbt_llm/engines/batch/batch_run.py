"""One run of a task by batch jobs: how they are cut and priced, the task, the clock, the words, and the search for a job."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timezone
from typing import Any

from ...client import ConfigurationError, Endpoint, Limits, host
from ...client.forms import Form
from ...client.redaction import error_words, shown
from ...drain import DrainResult
from ...warehouses import Warehouse
from .ledger import ABSENT, SUBMITTED, UNKNOWN, Job, Ledger, Relations
from .provider import BatchIntent, BatchProvider, Discovery

__all__ = ["BatchOptions", "BatchRun", "BatchTask", "Interruption", "at_batch_prices", "without_prices"]

_PRICE = "_usd_per_million_tokens"


@dataclass(frozen=True)
class BatchOptions:
    """How jobs are cut, priced, and looked for.

    `batch_discount`: the share of the endpoint's prices that its provider takes off in a batch. `enqueued_tokens`: the
    most input tokens that the provider lets wait at a time; None: no such limit. `batch_requests`: the most requests of
    one job, where that is to be less than the provider allows. `absent_lists`, `absent_minutes`: a job that may have been
    created is taken for not created once so many lists of the provider did not hold it, the last of them so long after
    it was last heard of.
    """

    batch_discount: float = 0.5
    enqueued_tokens: float | None = None
    batch_requests: int | None = None
    absent_lists: int = 3
    absent_minutes: float = 10.0

    @classmethod
    def split_entry(cls, name: str, entry: Mapping[str, Any]) -> tuple[BatchOptions, dict[str, Any]]:
        """Take these keys out of an endpoint's entry; a null counts as absent. Returns them, and what is left.

        Raises `ConfigurationError` with every fault that they have.
        """
        known = [field.name for field in fields(cls)]
        given = {key: value for key, value in entry.items() if key in known and value is not None}
        faults = [
            f"endpoint '{name}' has a wrong {key}. Expected {expected}; got '{given[key]}'."
            for key, (expected, fits) in _EXPECTED.items()
            if key in given and not (_is_number(given[key]) and fits(given[key]))
        ]
        if faults:
            raise ConfigurationError(faults)
        return cls(**given), {key: value for key, value in entry.items() if key not in known}


def at_batch_prices(endpoint: Endpoint, options: BatchOptions) -> Endpoint:
    """The endpoint with the prices that its provider takes in a batch."""
    return _with_prices(endpoint, lambda price: price * (1 - options.batch_discount))


def without_prices(endpoint: Endpoint) -> Endpoint:
    """The endpoint as one whose costs are not known."""
    return _with_prices(endpoint, lambda _: None)


def _with_prices(endpoint: Endpoint, change: Callable[[float], float | None]) -> Endpoint:
    names = [field.name for field in fields(endpoint) if field.name.endswith(_PRICE)]
    changes: dict[str, Any] = {name: change(getattr(endpoint, name)) for name in names if getattr(endpoint, name) is not None}
    return replace(endpoint, **changes)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_EXPECTED: dict[str, tuple[str, Callable[[float], bool]]] = {
    "batch_discount": ("a share from 0 to 1", lambda value: 0 <= value <= 1),
    "enqueued_tokens": ("a number above 0", lambda value: value > 0),
    "batch_requests": ("a whole number from 1 on", lambda value: value >= 1 and value % 1 == 0),
    "absent_lists": ("a whole number from 1 on", lambda value: value >= 1 and value % 1 == 0),
    "absent_minutes": ("a number from 0 on", lambda value: value >= 0),
}


@dataclass(frozen=True, kw_only=True)
class BatchTask:
    """What is constant in one run of one task.

    `endpoint` has the prices of live calls. `api_key`: only so that it can be kept out of messages. `allow_outside_dbt`:
    spend in a program that is not dbt. `dimensions`: of the vectors, where embeddings are asked for.
    """

    task: str
    endpoint: Endpoint
    options: BatchOptions = field(default_factory=BatchOptions)
    limits: Limits = field(default_factory=Limits)
    invocation_id: str | None = None
    store_prompts: bool = False
    api_key: str | None = None
    allow_outside_dbt: bool = False
    dimensions: int | None = None


class Interruption:
    """Whether the run has been asked to end. From any thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def interrupt(self) -> None:
        """Begin nothing new."""
        self._event.set()

    def __bool__(self) -> bool:
        return self._event.is_set() or not threading.main_thread().is_alive()


class BatchRun:
    """One run of one task: what it needs, and what it has come to.

    `now` gives seconds since the epoch.
    """

    def __init__(
        self,
        task: BatchTask,
        warehouse: Warehouse,
        relations: Relations,
        provider: BatchProvider,
        form: Form,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.task = task
        self.warehouse = warehouse
        self.relations = relations
        self.provider = provider
        self.form = form
        self.now = now
        self.prices = at_batch_prices(task.endpoint, task.options)
        self.ledger = Ledger(warehouse, relations, task.invocation_id)
        self.interruption = Interruption()
        self.result = DrainResult(cost_usd=0.0 if task.endpoint.is_priced else None)
        self.is_held_up = False
        """Whether a job failed in this run because too much was enqueued."""

    def interruptible(self) -> AbstractContextManager[None]:
        """While this lasts, the host can interrupt the run."""
        return host.interrupted_by_host(self.interruption)

    def at(self) -> datetime:
        """Now, UTC."""
        return datetime.fromtimestamp(self.now(), timezone.utc)

    def say(self, text: str) -> None:
        """A line of progress."""
        host.info(f"{self.task.task}: {text}")

    def warn(self, text: str) -> None:
        """A line that somebody should read."""
        host.warning(f"dbt_llm.enrich: {self.task.task}: {text}")

    def stop(self, reason: str, message: str | None = None) -> None:
        """End the run early; the first reason stands, but for a fatal one, which `message` says as an error's sentences."""
        if self.result.stopped is None or (reason == "fatal" and self.result.stopped != "fatal"):
            self.result.stopped = reason
            self.result.message = message

    def words(self, error: BaseException | str | None) -> str:
        """An error, or what a provider's module says of it, as one line for logs and the ledger."""
        words = error_words(error) if isinstance(error, BaseException) else shown(error or "no message")
        key = self.task.api_key
        return (words.replace(key, "…") if key else words).rstrip(".")

    def refusal(self, fault: str) -> str:
        """A provider's refusal of a whole job as an error's sentences."""
        return (
            f"dbt_llm.enrich: endpoint '{self.task.endpoint.name}': {fault}. Expected a job that {self.provider.name} accepts."
            " Correct the endpoint or the task and run again; nothing was lost."
        )

    def prices_of(self, job: Job) -> Endpoint:
        """The endpoint at batch prices; without prices where they are not those of the job's model."""
        if job.model_name == self.prices.model_name:
            return self.prices
        return without_prices(self.prices)

    def intent(self, job: Job) -> BatchIntent:
        """What a job is found again by."""
        return BatchIntent(
            job.batch_key,
            job.intended_at.timestamp(),
            job.requests,
            job.input_id,
            self.ledger.custom_ids(job),
            self.ledger.known_ids(job),
        )

    def find(self, job: Job, because: str | None = None) -> Job:
        """Look for a job that may have been created. Returns it with its id, closed as absent, or unknown still.

        `because`: why that is not known. Being absent counts only when it was so long ago that the provider's list must
        hold it, and was seen often enough.
        """
        options = self.task.options
        intent = self.intent(job)
        # A list may lag, but not for ever: only then does reading it once more tell anything.
        is_due = self.now() - job.intended_at.timestamp() >= options.absent_minutes * 60
        absences = job.absences
        try:
            found = self.provider.find(intent)
            while found is Discovery.ABSENT:
                absences += 1
                if not is_due or absences >= options.absent_lists:
                    break
                found = self.provider.find(intent)
        except Exception as error:
            return self.unknown(job, because or f"the search for it failed ({self.words(error)})", absences=absences)
        if isinstance(found, str):
            return self.ledger.record(job, SUBMITTED, self.at(), batch_id=found, message=because)
        if found is Discovery.ABSENT and is_due:
            lists = f"{self.provider.name} does not list it, seen {absences} times"
            return self.ledger.record(job, ABSENT, self.at(), absences=absences, message=lists)
        what = "it is not listed yet" if found is Discovery.ABSENT else "it cannot be told yet whether it is there"
        return self.unknown(job, because or what, absences=absences)

    def unknown(self, job: Job, message: str, **changes: int) -> Job:
        """Record that nothing certain is known of a job, unless the ledger says so already."""
        if (job.state, job.message) == (UNKNOWN, message) and all(getattr(job, name) == to for name, to in changes.items()):
            return job
        return self.ledger.record(job, UNKNOWN, self.at(), message=message, **changes)
