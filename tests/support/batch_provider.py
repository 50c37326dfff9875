"""A Batch API in a folder, which a killed process leaves as it was, and which fails when it is told to."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dbt_llm.engines.batch.provider import (
    BatchIntent,
    BatchLimits,
    BatchNotFoundError,
    BatchRejectedError,
    BatchResult,
    BatchState,
    BatchStatus,
    Discovery,
)


class LostError(Exception):
    """A failure that tells nothing."""


def completion(text: str = '{"has_pii": true}', finish_reason: str = "stop", **message: Any) -> dict[str, Any]:
    """The body of an answer."""
    return {
        "model": "served",
        "choices": [{"message": {"content": text, **message}, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5},
    }


def _prompt(body: dict[str, Any]) -> str:
    return str(body["input"][0] if "input" in body else body["messages"][-1]["content"])


def error(message: str, code: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "code": code}}


@dataclass
class FakeJob:
    """A job as the provider has it. `lines`: its results, once it has ended."""

    id: str
    label: str
    created_at: float
    state: str = "running"
    message: str | None = None
    is_throttled: bool = False
    counted: int | None = None
    lines: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Faults:
    """What goes wrong next. Each list is used up, a fault a call; None in it is no fault."""

    upload: list[str | None] = field(default_factory=list)
    """`lost`, `refused`."""
    create: list[str | None] = field(default_factory=list)
    """`lost` (before it was read), `timeout` (after it succeeded), `refused`, `throttled`."""
    status: list[str | None] = field(default_factory=list)
    """`lost`, `absent` (404)."""
    find: list[str | None] = field(default_factory=list)
    """`lost`, `unsure`."""
    results: list[int | None] = field(default_factory=list)
    """After how many results the connection is lost."""
    hidden_s: float = 0.0
    """How long a new job is neither listed nor found."""


class FakeProvider:
    """A `BatchProvider` whose jobs are files of a folder. `step` is called before and after whatever changes something."""

    name = "fake"

    def __init__(
        self,
        folder: Path,
        limits: BatchLimits | None = None,
        now: Callable[[], float] = lambda: 0.0,
        step: Callable[[], None] = lambda: None,
    ) -> None:
        self.folder = folder
        self.limits = limits or BatchLimits(requests=50_000, bytes_=200_000_000)
        self.now = now
        self.step = step
        self.faults = Faults()
        self.calls: Counter[str] = Counter()
        self.files: list[bytes] = []
        """The input files of this object's uploads, as they came."""

    def custom_id(self, batch_key: str, request_key: str) -> str:
        # Of both, as the providers without a label for a job need it.
        return f"{batch_key[:8]}-{request_key[:48]}"

    def line(self, custom_id: str, body: bytes) -> bytes:
        return b'{"custom_id":"%b","body":%b}\n' % (custom_id.encode(), body)

    def upload(self, intent: BatchIntent, file: Path) -> str | None:
        fault = self._fault("upload")
        self.step()
        if fault == "refused":
            raise BatchRejectedError("the file is refused")
        if fault == "lost":
            raise LostError("the upload was lost")
        data = file.read_bytes()
        self.files.append(data)
        self._write(self.folder / f"{intent.batch_key}.input", data)
        self.step()
        return f"file-{intent.batch_key}"

    def create(self, intent: BatchIntent, file: Path) -> str:
        assert intent.input_id == f"file-{intent.batch_key}"
        fault = self._fault("create")
        self.step()
        if fault in ("refused", "throttled"):
            raise BatchRejectedError(f"the job is {fault}", is_throttled=fault == "throttled")
        if fault == "lost":
            raise LostError("the connection was lost")
        job = FakeJob(f"job-{len(self.jobs())}", intent.batch_key, self.now())
        self._write(self.folder / f"{job.id}.requests", file.read_bytes())
        self.save(job)
        self.step()
        if fault == "timeout":
            raise LostError("the create timed out")
        return job.id

    def find(self, intent: BatchIntent) -> str | Discovery:
        fault = self._fault("find")
        self.step()
        if fault == "lost":
            raise LostError("the list was lost")
        if fault == "unsure":
            return Discovery.UNSURE
        for job in self.jobs():
            if job.label == intent.batch_key and not self._is_hidden(job):
                return job.id
        return Discovery.ABSENT

    def status(self, batch_id: str) -> BatchStatus:
        fault = self._fault("status")
        self.step()
        job = self.job(batch_id)
        if fault == "lost":
            raise LostError("the status was lost")
        if fault == "absent" or self._is_hidden(job):
            raise BatchNotFoundError(batch_id)
        return BatchStatus(BatchState(job.state), succeeded=job.counted, message=job.message, is_throttled=job.is_throttled)

    def results(self, batch_id: str, status: BatchStatus) -> Iterator[BatchResult]:
        fault = self._fault("results")
        for number, line in enumerate(self.job(batch_id).lines):
            if number == fault:
                raise LostError("the results were lost")
            self.step()
            yield BatchResult(**line)

    def cancel(self, batch_id: str) -> None:
        raise AssertionError("nothing of ours cancels")

    def open_jobs(self) -> Iterable[tuple[str, BatchStatus]]:
        return [(job.id, self.status(job.id)) for job in self.jobs() if job.state == "running"]

    # What the provider's side does.

    def jobs(self) -> list[FakeJob]:
        files = sorted(self.folder.glob("job-*.json"), key=lambda file: int(file.stem.partition("-")[2]))
        return [FakeJob(**json.loads(file.read_text())) for file in files]

    def job(self, batch_id: str) -> FakeJob:
        file = self.folder / f"{batch_id}.json"
        if not file.exists():
            raise BatchNotFoundError(batch_id)
        return FakeJob(**json.loads(file.read_text()))

    def running(self) -> list[FakeJob]:
        return [job for job in self.jobs() if job.state == "running"]

    def requests(self, job: FakeJob) -> list[tuple[str, str]]:
        """The custom id and the prompt of each request of a job."""
        lines = [json.loads(line) for line in (self.folder / f"{job.id}.requests").read_bytes().splitlines()]
        return [(line["custom_id"], _prompt(line["body"])) for line in lines]

    def end(
        self,
        job: FakeJob,
        state: str = "completed",
        lines: list[dict[str, Any]] | None = None,
        *,
        message: str | None = None,
        is_throttled: bool = False,
        counted: int | None = None,
    ) -> None:
        """End a job; without `lines`, every request is answered."""
        job.state, job.message, job.is_throttled = state, message, is_throttled
        job.lines = self.answers(job) if lines is None else lines
        job.counted = sum(line.get("status") == 200 for line in job.lines) if counted is None else counted
        self.save(job)

    def answers(self, job: FakeJob) -> list[dict[str, Any]]:
        """A result for each request of a job, all of them answered."""
        return [{"custom_id": custom_id, "status": 200, "body": completion()} for custom_id, _ in self.requests(job)]

    def save(self, job: FakeJob) -> None:
        self._write(self.folder / f"{job.id}.json", json.dumps(asdict(job)).encode())

    def _write(self, file: Path, data: bytes) -> None:
        # Whole or not at all, as a server that the client's death does not touch.
        part = file.with_suffix(".part")
        part.write_bytes(data)
        os.replace(part, file)

    def _fault(self, call: str) -> Any:
        self.calls[call] += 1
        faults = getattr(self.faults, call)
        return faults.pop(0) if faults else None

    def _is_hidden(self, job: FakeJob) -> bool:
        return self.now() - job.created_at < self.faults.hidden_s
