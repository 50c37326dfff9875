"""The embedded engine's heart: one call answers a whole work table and commits as it goes."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from .client import ConfigurationError, Counts, MissingDependencyError, Plan, Request, Run, Sink, host, submit
from .client.redaction import error_words
from .options import DrainOptions
from .progress import Progress
from .responses import Labels

__all__ = ["DrainResult", "Tables", "Work", "answer", "drain", "labels"]


@dataclass
class DrainResult(Counts):
    """What a drain did; as JSON text it is what `dbt_llm_drain` returns.

    `stopped`: null, `limit:<name>`, `budget:<name>`, `throttled`, `unanswered`, `fatal`, `failed`, `interrupted` or
    `cache_only`; `message` says why.
    """

    seconds: float = 0.0
    stopped: str | None = None
    message: str | None = None

    def end(self, began_at: float) -> None:
        """Work out what is told in the end. `began_at`: monotonic seconds."""
        self.seconds = round(time.monotonic() - began_at, 3)
        if self.cost_usd is not None:
            self.cost_usd = round(self.cost_usd, 9)

    def to_dict(self) -> dict[str, Any]:
        """The outcome that macros read."""
        return {name: getattr(self, name) for name in _OUTCOME}

    def to_json(self) -> str:
        """The result as one JSON object."""
        return json.dumps(self.to_dict())


_OUTCOME = (
    *("requests", "sent", "calls", "succeeded", "failed", "left", "throttled", "input_tokens", "output_tokens", "cost_usd"),
    *("seconds", "stopped", "message"),
)


class Work(Protocol):
    """The requests of a drain."""

    settled_elsewhere: int
    """Requests that another task has answered meanwhile."""

    def count(self) -> int:
        """How many requests there are. Raises `ConfigurationError` where they are not numbered."""

    def slices(self) -> AsyncIterator[list[Request]]:
        """All requests in their order, slice by slice."""


class Tables(Protocol):
    """Where the requests of a drain come from, and where its answers go."""

    @property
    def work(self) -> Work: ...

    def open_sink(self, labels: Labels) -> Sink:
        """Open what keeps the answers. Raises `ConfigurationError` where it could not keep them."""

    def close(self) -> None:
        """Give back what is claimed, and close."""


def drain(text: str, open_tables: Callable[[DrainOptions], Tables], is_gone: Callable[[], bool] = lambda: False) -> str:
    """Answer the work table of the options in `text`; return a `DrainResult` as JSON.

    A fault of the options or of the endpoint does not raise but is in the result, next to the counts: `stopped` is `fatal`.
    `is_gone`: whether nobody takes the answers any more.

    Raises `SpendRefusedError` where nothing may be spent, and what `open_tables` raises.
    """
    try:
        options = DrainOptions.parse(text)
        plan = options.plan()
    except ConfigurationError as error:
        return DrainResult(stopped="fatal", message=error.sentence("enrich")).to_json()
    host.refuse_to_spend_unless_asked("enrich", allow_outside_dbt=options.allow_outside_dbt)
    tables = open_tables(options)
    try:
        return answer(options, plan, tables.work, lambda: tables.open_sink(labels(options, plan)), is_gone).to_json()
    finally:
        tables.close()


def answer(
    options: DrainOptions,
    plan: Plan,
    work: Work,
    open_sink: Callable[[], Sink],
    is_gone: Callable[[], bool] = lambda: False,
) -> DrainResult:
    """Answer requests into a sink, which is opened once it is sure that something will be sent.

    `is_gone`: asked a few times a second, whether to end early because nobody takes the answers any more.
    """
    began_at = time.monotonic()
    result = DrainResult()
    try:
        result.requests = work.count()
        if host.is_cache_only():
            result.stopped = "cache_only"
            result.message = (
                "dbt_llm.enrich: nothing is sent, as the environment variable DBT_LLM_MODE is"
                f" 'cache_only'; {result.left:,} requests stay pending."
            )
            return result
        run = Run(plan, work.slices(), open_sink(), result)
    except ConfigurationError as error:
        result.stopped, result.message = "fatal", error.sentence("enrich")
        return result
    except MissingDependencyError as error:
        result.stopped, result.message = "fatal", str(error)
        return result
    if run.warning is not None:
        host.warning(f"dbt_llm.enrich: {options.task}: {run.warning}")
    progress = Progress(options.task)

    told: set[str] = set()

    def tick() -> None:
        if is_gone():
            run.interrupt()
        result.elsewhere = work.settled_elsewhere
        if run.trouble is not None and not told:
            told.add(run.trouble)
            host.info(f"{options.task}: {run.trouble}")
        line = progress.line(result)
        if line is not None:
            host.info(line)

    failure = None
    try:
        host.wait(submit(run.execute()), run, tick)
    # Whatever it was: the caller still has counts to record and a table of prompts to drop.
    except Exception as error:
        failure = error
    result.elsewhere = work.settled_elsewhere
    result.end(began_at)
    _tell_why(run, plan, result)
    if failure is not None:
        result.stopped = "failed"
        result.message = f"dbt_llm.enrich: the run of {options.task} broke off ({error_words(failure)})."
    if run.first_failure is not None:
        host.warning(
            f"dbt_llm.enrich: {options.task}: {result.failed:,} requests failed, the first with {run.first_failure}."
            " See dbt_llm__responses."
        )
    if run.stopped in ("throttled", "unanswered"):
        # No error, as the table is written: so nobody else says it.
        host.warning(str(result.message))
    host.info(progress.last_line(result, run.stopped))
    return result


def labels(options: DrainOptions, plan: Plan) -> Labels:
    """What is the same in all responses of a drain."""
    return Labels(
        options.task,
        plan.endpoint.model_name,
        options.prompt_version,
        options.invocation_id,
        options.engine,
    )


def _tell_why(run: Run, plan: Plan, result: DrainResult) -> None:
    result.stopped = run.stopped
    if run.error is not None:
        result.message = run.error.sentence("enrich", result.answered)
    elif run.stopped is not None:
        result.message = _why(run.stopped, plan, result.left)


def limit_reached(name: str, limit: float, left: int) -> str:
    """That a run has ended at a limit."""
    return f"dbt_llm.enrich: the limit of {limit:,} {name} is reached; {left:,} requests stay pending."


def _why(stopped: str, plan: Plan, left: int) -> str:
    if stopped.startswith("limit:"):
        name = stopped.removeprefix("limit:")
        return limit_reached(name, getattr(plan.limits, name), left)
    if stopped.startswith("budget:"):
        name = stopped.removeprefix("budget:")
        [budget] = [budget for budget in plan.budgets if budget.name == name]
        return f"dbt_llm.enrich: the budget {name} of {budget.cap:,} is reached; {left:,} requests stay pending."
    return f"dbt_llm.enrich: interrupted; {left:,} requests stay pending."
