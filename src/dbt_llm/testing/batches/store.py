"""The jobs and files of one server, and what makes the jobs go on."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..answers import Answerer
from .batch_faults import BatchFaults, End
from .job import BatchApi, Invalid, Job, Run, validate


class Batches:
    """A server's batch jobs. Nothing goes on by itself: a job is moved by `advance`, `finish`, or polls of its state.

    Safe to call from any thread. A job's rows are answered when it ends, by the server's answer function.
    """

    def __init__(self, answerer: Answerer, faults: BatchFaults | None = None, polls_to_end: int | None = None) -> None:
        """`polls_to_end`: a job has ended from its poll n + 1 on; None: no poll ends a job."""
        self.faults = faults or BatchFaults()
        self.polls_to_end = polls_to_end
        self.clock: Callable[[], float] = time.time
        """Seconds since the epoch; replaceable."""
        self.files = FileStore()
        self.lock = threading.RLock()
        self._answerer = answerer
        self._jobs: dict[str, Job] = {}
        self._numbers = itertools.count(1)

    @property
    def jobs(self) -> list[Job]:
        """All jobs, newest first."""
        with self.lock:
            return list(self._jobs.values())[::-1]

    def job(self, job_id: str) -> Job:
        """The job with an id. Raises `KeyError`."""
        with self.lock:
            return self._jobs[job_id]

    def state(self, job_id: str) -> str:
        """A job's state, in its provider's word."""
        with self.lock:
            return self._jobs[job_id].api.state(self._jobs[job_id])

    def advance(self, job_id: str | None = None) -> list[str]:
        """Let the open jobs (or one) take one step; one after its last state it ends. Return the ids of those ended."""
        with self.lock:
            ended = []
            for job in self._open(job_id):
                if job.cancel_at is not None or job.step + 1 >= job.api.steps:
                    ended += self._end(job, None)
                else:
                    job.step += 1
            return ended

    def finish(self, job_id: str | None = None, end: End | None = None) -> list[str]:
        """End the open jobs (or one), oldest first, by `end` or as the faults say. Return the ids of those ended.

        A job that is stuck ends only by an `end` given here, or once it was cancelled.
        """
        with self.lock:
            return [ended for job in self._open(job_id) for ended in self._end(job, end)]

    def summary(self) -> list[dict[str, Any]]:
        """The jobs, newest first, as JSON: without any text of a prompt."""
        with self.lock:
            return [
                {
                    "id": job.id,
                    "provider": job.api.name,
                    "state": job.api.state(job),
                    "end": job.end,
                    "label": job.label,
                    "model": job.model,
                    "input_file_id": job.input_file_id,
                    "created_at": job.created_at,
                    "requests": job.total,
                    "succeeded": job.counts.succeeded,
                    "failed": job.counts.failed,
                    "unanswered": job.counts.unanswered,
                    "polls": job.polls,
                }
                for job in self.jobs
            ]

    # What the APIs call.

    def add(self, job: Job) -> Job:
        """Take a new job."""
        with self.lock:
            requests, bytes_ = self.limits(job.api)
            validate(job, self._answerer.counters, requests, bytes_)
            limit = self.faults.enqueued_token_limit
            enqueued = sum(one.prompt_tokens for one in self._open(None) if one.model == job.model)
            job.is_over_limit = limit is not None and enqueued + job.prompt_tokens > limit
            self._jobs[job.id] = job
            return job

    def limits(self, api: BatchApi) -> tuple[int, int]:
        """The most requests that a job may have, and the most bytes of its input."""
        return self.faults.max_requests or api.max_requests, self.faults.max_bytes or api.max_bytes

    def next_number(self) -> int:
        """The number of the next job, from 1."""
        return next(self._numbers)

    def find(self, api: BatchApi, job_id: str) -> Job | None:
        """A job as its provider shows it to who asks for its state or results: None in the time after its creation."""
        with self.lock:
            job = self._jobs.get(job_id)
            if job is None or job.api is not api:
                return None
            job.looks += 1
            return None if job.looks <= self.faults.not_found_first_n else job

    def known(self, api: BatchApi, job_id: str) -> Job | None:
        """A job of an API, if there is one."""
        with self.lock:
            job = self._jobs.get(job_id)
            return job if job is not None and job.api is api else None

    def poll(self, job: Job) -> None:
        """A look at a job's state, which may move it."""
        with self.lock:
            job.polls += 1
            if job.end is not None or self.polls_to_end is None:
                return
            if job.polls > self.polls_to_end:
                self._end(job, None)
            else:
                job.step = min(job.polls, job.api.steps - 1)

    def listed(self, api: BatchApi, *, is_first_page: bool) -> list[Job]:
        """The jobs that a list shows, newest first."""
        with self.lock:
            jobs = [job for job in self.jobs if job.api is api]
            for job in jobs:
                job.lists += is_first_page
            return [job for job in jobs if job.lists - 1 >= self.faults.list_lag or not self.faults.list_lag]

    def cancel(self, job: Job) -> None:
        """Note that a job shall be cancelled: it ends so at its next step or poll."""
        with self.lock:
            if job.end is None and job.cancel_at is None:
                job.cancel_at = self.clock()

    def clear(self) -> None:
        """Forget every job, and delete every file; faults stay."""
        with self.lock:
            self._jobs.clear()
            self.files.delete_all()

    def _open(self, job_id: str | None) -> list[Job]:
        jobs = list(self._jobs.values()) if job_id is None else [self._jobs[job_id]]
        return [job for job in jobs if job.end is None]

    def _end(self, job: Job, end: End | None) -> list[str]:
        end = self._end_of(job, end)
        if end == "stuck":
            return []
        job.end, job.ended_at = end, self.clock()
        if job.failed_as_whole:
            if not job.invalid:
                job.invalid.append(_TOKEN_LIMIT if end == "token_limit" else _BAD_LINE)
            return [job.id]
        output, errors = Run(job, end, self.faults, self._answerer, self.files.new_path).run()
        job.output_id = self._keep(job, output.path, output.count, "output")
        if errors is not output:
            job.error_id = self._keep(job, errors.path, errors.count, "errors")
        return [job.id]

    def _end_of(self, job: Job, end: End | None) -> End:
        if job.invalid and job.api.fails_as_whole:
            return "failed"
        if job.is_over_limit:
            return "token_limit"
        if end is not None:
            return end
        return "cancelled" if job.cancel_at is not None else self.faults.end

    def _keep(self, job: Job, path: Path, lines: int, kind: str) -> str | None:
        if not lines:
            return None
        name = f"{job.id.replace('/', '_')}_{kind}.jsonl"
        return self.files.add(StoredFile(self.files.new_id(), path, name, kind, self.clock(), lines)).id


_TOKEN_LIMIT = Invalid("token_limit_exceeded", "Enqueued token limit reached. Please try again once some batches have ended.")
_BAD_LINE = Invalid("invalid_json_line", "This line is not parseable as valid JSON.", 1)


@dataclass(frozen=True)
class StoredFile:
    """A file that a provider's API knows. `kind`: `input`, `output` or `errors`. `created_at`: seconds since the epoch."""

    id: str
    path: Path
    name: str
    kind: str
    created_at: float
    lines: int | None = None

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size


class FileStore:
    """The files of one server, in a temporary folder that exists from the first file on."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._files: dict[str, StoredFile] = {}

    def new_path(self) -> Path:
        """Where the next file may be written."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="dbt-llm-stand-in-"))
        return self._folder / uuid.uuid4().hex

    def new_id(self) -> str:
        """An id that no other file has."""
        return f"file-{uuid.uuid4().hex[:24]}"

    def add(self, file: StoredFile) -> StoredFile:
        """Make a file known."""
        self._files[file.id] = file
        return file

    def get(self, file_id: str | None) -> StoredFile | None:
        """The file with an id, if there is one."""
        return self._files.get(file_id or "")

    def newest_first(self) -> list[StoredFile]:
        """All files."""
        return list(self._files.values())[::-1]

    def delete(self, file_id: str) -> bool:
        """Forget a file; say whether there was one. Its bytes stay, as a job may still read them."""
        return self._files.pop(file_id, None) is not None

    def delete_all(self) -> None:
        """Delete every file, and the folder."""
        self._files.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
