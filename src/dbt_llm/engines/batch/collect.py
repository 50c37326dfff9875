"""Looks at the open jobs of a task, and collects those that have ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from ...client import DbtLlmError
from ...client.redaction import error_words
from ...progress import EVERY_S
from ...responses import Labels
from .batch_run import BatchRun
from .ledger import COLLECTED, INCOMPLETE, Job
from .provider import BatchNotFoundError, BatchResult, BatchState, BatchStatus
from .results import Read, ResultReader

__all__ = ["collect"]

_T = TypeVar("_T")


def collect(run: BatchRun) -> None:
    """Look at every open job of the task, and collect what has ended. What tells nothing leaves a job as it is.

    Raises what the platform raises: what was collected before is kept, and the rest is found by the next run.
    """
    with run.interruptible():
        for job in run.ledger.open_jobs():
            if job.task != run.task.task:
                continue
            if run.interruption:
                run.stop("interrupted")
                return
            _look_at(run, job)


class _ProviderFailedError(Exception):
    """A call to the provider failed in a way that tells nothing."""


def _asked(call: Callable[[], _T]) -> _T:
    try:
        return call()
    except DbtLlmError:
        raise
    except BatchNotFoundError as error:
        raise _ProviderFailedError(f"the provider does not know of it ({error})" if str(error) else "not found") from error
    except Exception as error:
        raise _ProviderFailedError(error_words(error)) from error


def _look_at(run: BatchRun, job: Job) -> None:
    if job.provider != run.provider.name:
        run.warn(
            f"the batch {job.name} was submitted to {job.provider}, and endpoint '{run.task.endpoint.name}' now names"
            f" {run.provider.name}. Its {job.requests:,} requests wait for it. Name {job.provider} again until it is collected."
        )
        return
    if job.batch_id is None:
        job = run.find(job)
        if job.batch_id is None:
            run.say(f"batch {job.name} {job.state}: {job.message}")
            return
    try:
        status = _asked(lambda: run.provider.status(str(job.batch_id)))
        if not status.state.is_terminal:
            _note(run, job, status)
            return
        if job.state != INCOMPLETE:
            job = _note(run, job, status)
        _collect(run, job, status)
    except _ProviderFailedError as error:
        words = run.words(str(error))
        job = run.unknown(job, words)
        run.warn(
            f"nothing can be told of the batch {job.name} ({words}). Its {job.requests:,} requests stay pending. If it is lost,"
            f" give it up: dbt run-operation dbt_llm.close_batch --args '{{batch_key: {job.batch_key}}}'."
        )


def _note(run: BatchRun, job: Job, status: BatchStatus) -> Job:
    """Record what a job has come to, where that is news, and say it."""
    state = status.state.value
    if job.state != state:
        job = run.ledger.record(
            job,
            state,
            run.at(),
            succeeded_requests=status.succeeded,
            failed_requests=status.failed,
            message=run.words(status.message) if status.message else None,
        )
    done = [
        f"{count:,} {what}" for count, what in ((status.succeeded, "succeeded"), (status.failed, "failed")) if count is not None
    ]
    age_h = (run.now() - job.intended_at.timestamp()) / 3600
    run.say(", ".join([f"batch {job.name} {state}: {job.requests:,} requests", *done, f"{age_h:.1f} h old"]))
    return job


def _collect(run: BatchRun, job: Job, status: BatchStatus) -> None:
    task = run.task
    reader = ResultReader(
        job,
        run.ledger.requests(job),
        run.form,
        run.prices_of(job),
        Labels(task.task, job.model_name, job.prompt_version, task.invocation_id, "batch", job.batch_id),
        lambda rows: run.warehouse.append(run.relations.responses, rows),
        lambda rows: run.warehouse.append(str(run.relations.embeddings), rows),
        run.now,
        lambda: run.ledger.kept(job),
        lambda: run.ledger.requests(job),
        store_prompts=task.store_prompts,
        api_key=task.api_key,
    )
    try:
        read = reader.read_all(_results(run, job, status), _ticker(run, job))
    finally:
        run.result.add(reader.read.counts)
    _tell(run, job, read)
    shortfall = _shortfall(status, read)
    if shortfall is not None and job.state != INCOMPLETE:
        run.ledger.record(job, INCOMPLETE, run.at(), message=shortfall)
        run.warn(f"the results of the batch {job.name} are incomplete: {shortfall}. They are read again by the next run.")
        return
    now = run.ledger.latest(job.batch_key)
    if now is not None and not now.is_open:
        run.say(f"batch {job.name}: {now.state} by another run meanwhile")
        return
    totals = run.ledger.totals(job)
    run.ledger.record(
        job,
        COLLECTED,
        run.at(),
        succeeded_requests=totals.succeeded,
        failed_requests=totals.failed,
        input_tokens=totals.input_tokens,
        output_tokens=totals.output_tokens,
        cost_usd=totals.cost_usd,
        message=run.words(status.message) if status.message else shortfall,
    )
    _judge(run, job, status, read)


def _results(run: BatchRun, job: Job, status: BatchStatus) -> Iterator[BatchResult]:
    """The results; what the provider's client raises is told apart from what the platform raises."""
    results = _asked(lambda: iter(run.provider.results(str(job.batch_id), status)))
    end = object()
    while (result := _asked(lambda: next(results, end))) is not end:
        assert isinstance(result, BatchResult)
        yield result


def _ticker(run: BatchRun, job: Job) -> Callable[[Read], None]:
    told_at = time.monotonic()

    def tick(read: Read) -> None:
        nonlocal told_at
        if read.results % 256 == 0 and time.monotonic() - told_at >= EVERY_S:
            told_at = time.monotonic()
            run.say(f"batch {job.name}: {read.results:,} of {job.requests:,} results read")

    return tick


def _shortfall(status: BatchStatus, read: Read) -> str | None:
    """How the results fall short of what the provider has counted, if they do."""
    if status.succeeded is not None and read.answered < status.succeeded:
        return f"{read.answered:,} answers, where the provider counts {status.succeeded:,}"
    if status.state is BatchState.COMPLETED and read.missing:
        return f"no result for {read.missing:,} requests"
    return None


def _tell(run: BatchRun, job: Job, read: Read) -> None:
    unanswered = read.ended + read.missing + read.held
    line = f"batch {job.name}: {read.counts.succeeded:,} succeeded, {read.counts.failed:,} failed"
    if unanswered:
        line += f", {unanswered:,} not answered, which are asked again"
    run.say(line)
    if read.first_failure is not None:
        run.warn(
            f"{read.counts.failed:,} requests of the batch {job.name} failed, the first with {read.first_failure}."
            " See dbt_llm__responses."
        )
    if read.oddities():
        run.warn(f"the batch {job.name} has results {read.oddities()}. They are left out.")


def _judge(run: BatchRun, job: Job, status: BatchStatus, read: Read) -> None:
    """Where a job came to nothing, so would the next one: say why, and submit nothing in this run."""
    if read.held:
        fault = f"the batch {job.name} has no answer, as {read.held:,} of {job.requests:,} requests were {read.words}"
    elif status.state is BatchState.FAILED and not read.answered:
        words = run.words(status.message)
        if status.is_throttled:
            run.is_held_up = True
            run.warn(f"the batch {job.name} failed as too much is enqueued ({words}). State enqueued_tokens on the endpoint.")
            return
        fault = f"the batch {job.name} failed ({words})"
    else:
        _judge_vectors(run, read)
        return
    message = run.refusal(fault)
    run.warn(message.partition(": ")[2])
    # A few requests may all be at fault themselves, which is no reason for the table not to be written.
    run.stop("unanswered" if read.is_doubtful else "fatal", message)


def _judge_vectors(run: BatchRun, read: Read) -> None:
    """Where no vector of a job has the length, nor would one of the next."""
    dimensions = run.task.dimensions
    error = None if dimensions is None else read.wrong_length(run.task.endpoint.name, dimensions)
    if error is not None:
        run.stop("fatal", error.sentence("enrich", read.counts.answered))
