"""Submits pending requests as batch jobs: the intent is written before the provider can know of a job."""

from __future__ import annotations

import hashlib
import itertools
import math
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from pathlib import Path

from ...claims import claims_on
from ...client import host
from ...client.limits import Budget
from ...client.outcomes import Request, Response
from ...drain import DrainResult
from ...responses import Labels, response_rows
from .batch_run import BatchRun
from .drafts import Draft, Drafted, Drafts, Room
from .ledger import NEVER_WAS, NOT_CREATED, REJECTED, SUBMITTED, UPLOADED, Job
from .provider import BatchRejectedError

__all__ = ["submit"]


def submit(run: BatchRun, work: str, prompt_version: str | None) -> DrainResult:
    """Submit the work table's requests (`n` from 1 on, `request_key`, `prompt`, `attempt`), as far as they fit.

    Raises `SpendRefusedError` where nothing may be spent, and what the platform raises.
    """
    host.refuse_to_spend_unless_asked("enrich", allow_outside_dbt=run.task.allow_outside_dbt)
    result = run.result
    [(count,)] = run.warehouse.rows(f"select count(*) from {work}")
    result.requests = int(count)
    if host.is_cache_only():
        run.stop("cache_only", "dbt_llm.enrich: nothing is submitted, as the environment variable DBT_LLM_MODE is 'cache_only'.")
        return result
    if result.stopped is None:
        with run.interruptible(), tempfile.TemporaryDirectory(prefix="dbt-llm-batch-") as folder:
            _Submitter(run, work, prompt_version, Path(folder)).submit()
    return result


class _Submitter:
    def __init__(self, run: BatchRun, work: str, prompt_version: str | None, folder: Path) -> None:
        self._run = run
        self._work = work
        self._prompt_version = prompt_version
        self._folder = folder
        self._claims = claims_on(run.relations.responses)
        self._claims.join()
        self._jobs = 0
        self._drafts = Drafts(
            run.warehouse, work, run.provider, run.form, self._room(), self._claims, folder, run.task.store_prompts
        )

    def submit(self) -> None:
        run, drafts = self._run, self._drafts
        if run.form.warning and run.result.requests:
            run.warn(run.form.warning)
        if run.is_held_up and self._enqueued():
            run.stop("throttled")
            return
        # Closed at once, not when it is collected: it holds a temporary file.
        cut = iter(drafts)
        try:
            for draft in cut:
                if run.interruption:
                    run.stop("interrupted")
                    break
                self._submit(draft)
                if run.result.stopped is not None:
                    break
        finally:
            cut.close()
            self._claims.give_back_all(drafts)
            run.result.elsewhere += drafts.elsewhere
        self._keep_too_large(drafts.too_large)
        self._tell_what_is_left()

    def _room(self) -> Room:
        run = self._run
        task, limits = run.task, run.provider.limits
        most = min(limits.requests, task.options.batch_requests or limits.requests)
        wanted = min(run.result.requests, run.result.requests if task.limits.requests is None else int(task.limits.requests))
        # Jobs of one size, so that none is left that is too small for the provider.
        jobs = max(math.ceil(wanted / most), 1)
        enqueued = task.options.enqueued_tokens
        budget = None
        if any(getattr(task.limits, limit.name) is not None for limit in fields(task.limits)):
            budget = Budget(
                task.limits,
                run.prices,
                constant_bytes=run.form.constant_bytes,
                cached_bytes=run.form.cached_bytes,
                max_output_tokens=run.form.max_output_tokens,
            )
        return Room(
            requests=max(math.ceil(wanted / jobs), 1),
            bytes_=limits.bytes_,
            enqueued_tokens=None if enqueued is None else enqueued - self._enqueued(),
            budget=budget,
        )

    def _enqueued(self) -> int:
        """Input tokens that the open jobs of this endpoint hold, of all tasks."""
        jobs = self._run.ledger.open_jobs()
        return sum(job.estimated_input_tokens for job in jobs if job.endpoint == self._run.task.endpoint.name)

    def _submit(self, draft: Draft) -> None:
        run = self._run
        # Asked after the claims, and last of all: what two processes may submit twice is what both find here at once.
        settled = run.ledger.settled_elsewhere(self._work, draft.first, draft.last)
        requests = [request for request in draft.requests if request.request_key not in settled]
        run.result.elsewhere += len(draft.requests) - len(requests)
        if len(requests) < max(run.provider.limits.min_requests, 1):
            self._drafts.too_few += len(requests)
            return
        job = self._new_job(requests)
        if job is None:
            run.warn(f"another process is submitting the same {len(requests):,} requests; they are left to it.")
            run.result.elsewhere += len(requests)
            return
        job = run.ledger.intend(job, self._rows(job, requests))
        self._claims.give_back(self._drafts, [request.request_key for request in draft.requests])
        file = self._folder / f"{job.batch_key}.jsonl"
        try:
            self._send(job, draft, settled, file)
        finally:
            file.unlink(missing_ok=True)

    def _new_job(self, requests: Sequence[Drafted]) -> Job | None:
        """The job of these requests; None where the ledger says by now that it is open."""
        run, sequence = self._run, 1
        for nth in itertools.count():
            # Requests that an earlier job left unanswered are another job's, and must be known by another key.
            key = _batch_key(requests, run.provider.name, run.prices.model_name, nth)
            before = run.ledger.latest(key)
            if before is not None and before.is_open:
                return None
            if before is None or before.state in NEVER_WAS:
                sequence = before.sequence + 1 if before is not None else 1
                break
        at = run.at()
        return Job(
            batch_key=key,
            sequence=sequence,
            task=run.task.task,
            endpoint=run.task.endpoint.name,
            provider=run.provider.name,
            model_name=run.prices.model_name,
            prompt_version=self._prompt_version,
            requests=len(requests),
            estimated_input_tokens=sum(request.estimated_tokens for request in requests),
            intended_at=at,
            recorded_at=at,
        )

    def _rows(self, job: Job, requests: Iterable[Drafted]) -> Iterable[dict[str, object]]:
        for request in requests:
            yield {
                "batch_key": job.batch_key,
                "custom_id": self._run.provider.custom_id(job.batch_key, request.request_key),
                "request_key": request.request_key,
                "attempt": request.attempt,
                "prompt": request.prompt,
                "recorded_at": job.recorded_at,
            }

    def _send(self, job: Job, draft: Draft, settled: set[str], file: Path) -> None:
        run, result = self._run, self._run.result
        intent = run.intent(job)
        try:
            draft.write(file, run.provider, job.batch_key, settled)
            input_id = run.provider.upload(intent, file)
        except BatchRejectedError as error:
            self._rejected(job, error)
            return
        except Exception as error:
            # Nobody was asked for a job yet, so there is none.
            run.ledger.record(job, NOT_CREATED, run.at(), message=run.words(error))
            run.warn(f"the input file of a batch of {job.requests:,} requests could not be sent ({run.words(error)}).")
            run.stop("upload_failed")
            return
        at = run.at()
        job = run.ledger.record(job, UPLOADED, at, input_id=input_id, intended_at=at)
        now = run.ledger.latest(job.batch_key)
        if now is None or (now.sequence, now.invocation_id) != (job.sequence, job.invocation_id):
            run.warn(f"the batch {job.batch_key} was closed by another process while its file was sent; it is not created.")
            return
        result.calls += 1
        try:
            batch_id = run.provider.create(replace(intent, input_id=input_id, created_at=at.timestamp()), file)
        except BatchRejectedError as error:
            self._rejected(job, error)
            return
        except Exception as error:
            job = run.find(job, because=f"its create failed ({run.words(error)})")
            if job.batch_id is None:
                run.warn(
                    f"whether a batch of {job.requests:,} requests was created cannot be told yet ({run.words(error)})."
                    " The next run looks for it before anything is submitted again."
                )
                run.stop("unknown")
        else:
            job = run.ledger.record(job, SUBMITTED, run.at(), batch_id=batch_id)
        if job.is_open:
            result.sent += job.requests
            result.settled += job.requests
            self._jobs += 1
            run.say(f"batch {job.name} {job.state}: {job.requests:,} requests, job {self._jobs} of this run")

    def _rejected(self, job: Job, error: BatchRejectedError) -> None:
        run = self._run
        words = run.words(str(error))
        run.ledger.record(job, REJECTED, run.at(), message=words)
        if error.is_throttled:
            run.result.throttled += 1
            run.warn(f"{run.provider.name} takes no further batch now ({words}).")
            run.stop("throttled")
        else:
            run.stop("fatal", run.refusal(f"a batch of {job.requests:,} requests was refused ({words})"))

    def _keep_too_large(self, requests: Sequence[Drafted]) -> None:
        """A request that no job can hold has failed for good; it costs nothing."""
        if not requests:
            return
        run = self._run
        most = run.provider.limits.bytes_
        labels = Labels(run.task.task, run.prices.model_name, self._prompt_version, run.task.invocation_id, "batch")
        message = f"larger than a batch of {run.provider.name} may be, {most:,} bytes"
        answers = []
        for asked in requests:
            at = run.now()
            response = Response(None, "invalid_request", message, None, None, None, None, None, None, at, at)
            answers.append((Request(asked.request_key, asked.prompt or "", asked.attempt), response))
        run.warehouse.append(run.relations.responses, response_rows(answers, labels, store_prompts=run.task.store_prompts))
        run.warn(f"{len(answers):,} requests are {message}.")
        run.result.failed += len(answers)
        run.result.settled += len(answers)

    def _tell_what_is_left(self) -> None:
        run, drafts = self._run, self._drafts
        result = run.result
        if drafts.too_few:
            least = run.provider.limits.min_requests
            run.warn(
                f"{drafts.too_few:,} requests stay pending: {run.provider.name} takes no batch of fewer than {least:,}."
                " Run again when there are more, or use engine: async."
            )
            run.stop(drafts.stopped or "min_requests")
        if drafts.stopped is not None:
            run.stop(drafts.stopped)
            kind, _, name = drafts.stopped.partition(":")
            held = f", of which open batches hold {self._enqueued():,}" if name == "enqueued_tokens" else ""
            run.say(f"{result.left:,} requests stay pending: the {kind} of {name} is reached{held}")


def _batch_key(requests: Iterable[Drafted], provider: str, model_name: str, nth: int) -> str:
    digest = hashlib.sha256(f"{provider}\n{model_name}\n{nth}".encode())
    for line in sorted(f"{request.request_key}:{request.attempt}" for request in requests):
        digest.update(b"\n" + line.encode())
    return digest.hexdigest()[:32]
