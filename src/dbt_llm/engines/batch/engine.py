"""A run of a task by batch jobs: what earlier runs have submitted is collected, then what is pending is submitted.

    batches = Batches(task, warehouse, relations, provider, form)
    batches.collect()                        # before what is pending is worked out
    batches.submit(work, prompt_version)     # afterwards, where something is

Each job is in the ledger before its provider can know of it, and whatever is not certain is looked for before it is
submitted again: see docs/batch.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from ...client import Limits
from ...client.forms import Form
from ...drain import DrainResult
from ...warehouses import Warehouse
from .collect import collect
from .ledger import Relations
from .provider import BatchProvider
from .run import BatchRun, BatchTask
from .submit import submit

__all__ = ["BatchTask", "Batches", "Relations"]


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
            result.requests = result.left = left
        result.seconds = round(time.monotonic() - self._began_at, 3)
        return result
