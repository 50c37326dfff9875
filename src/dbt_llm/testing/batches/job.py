"""A batch job as the server keeps it, whatever the provider's form; how it is validated, and how it ends.

Rows go in and result lines come out, never more than one in memory.
"""

from __future__ import annotations

import json
import random
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ..answers import Answerer
from ..chat import BadRequestError, text_of, tokens
from ..counters import Counters
from ..forms import Form
from .batch_faults import BatchFaults, End


@dataclass(frozen=True)
class Row:
    """One request of a job. `model`: where the body does not name it. `metadata`: what its result repeats."""

    custom_id: str
    body: dict[str, Any]
    model: str = ""
    metadata: Any = None


@dataclass(frozen=True)
class Invalid:
    """Why a job fails its validation. `line`: of its input file, from 1."""

    code: str
    message: str
    line: int | None = None


@dataclass
class Counts:
    """What has become of the requests of a job that has ended; zero until then."""

    succeeded: int = 0
    failed: int = 0
    unanswered: int = 0


@dataclass
class Job:
    """A batch job. All times are in seconds since the epoch."""

    id: str
    api: BatchApi
    number: int
    """The how-manieth job of its server it is."""
    created_at: float
    input: Path
    form: Form
    model: str = ""
    input_file_id: str | None = None
    endpoint: str = ""
    is_inline: bool = False
    """Whether its results are part of its state, not a file."""
    label: Any = None
    """The metadata or the display name that it was given."""

    total: int = 0
    prompt_tokens: int = 0
    is_over_limit: bool = False
    """Whether too many tokens were enqueued when it came."""
    invalid: list[Invalid] = field(default_factory=list)

    step: int = 0
    polls: int = 0
    looks: int = 0
    lists: int = 0
    cancel_at: float | None = None
    end: End | None = None
    """How it ended; None while it is open."""
    ended_at: float | None = None
    counts: Counts = field(default_factory=Counts)
    output_id: str | None = None
    error_id: str | None = None
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0

    @property
    def failed_as_whole(self) -> bool:
        """Whether it ended without trying any row."""
        return self.end in ("failed", "token_limit") and self.api.fails_as_whole


class BatchApi(Protocol):
    """What differs between the providers' Batch APIs in the life of a job."""

    name: str
    steps: int
    """How many states an open job goes through."""
    max_requests: int
    max_bytes: int
    fails_as_whole: bool
    """Whether a job can fail without trying its rows."""
    has_error_file: bool
    """Whether failures have a file of their own."""
    answers_expired: bool
    """Whether an expired job has answered some of its rows."""

    def state(self, job: Job) -> str:
        """The job's state in the provider's word."""

    def rows(self, job: Job) -> Iterator[Row | Invalid]:
        """The requests of a job, in their order."""

    def succeeded(self, row: Row, response: dict[str, Any], number: int) -> dict[str, Any]:
        """The result line of an answered request, which is the job's `number`th."""

    def errored(self, row: Row, status: int, error: dict[str, Any], number: int) -> dict[str, Any]:
        """The result line of a request that failed. `error`: the body that a live call would have got."""

    def unanswered(self, row: Row, end: End) -> dict[str, Any] | None:
        """The result line of a request that was not tried before the job ended; None where there is none."""


_MOST_INVALID = 100


def validate(job: Job, counters: Counters, max_requests: int, max_bytes: int) -> None:
    """Read a new job through: count its requests and their tokens, and note what makes it fail."""
    seen: set[str] = set()
    models: set[str] = set()
    for row in job.api.rows(job):
        job.total += 1
        if isinstance(row, Invalid):
            job.invalid.append(row)
            continue
        if row.custom_id in seen:
            message = f"The custom_id '{row.custom_id}' for this request is a duplicate of another request."
            job.invalid.append(Invalid("duplicate_custom_id", message, job.total))
        seen.add(row.custom_id)
        try:
            request = job.form.parse(row.body, {}, row.model)
        except BadRequestError:
            # It fails when it is tried, as an error of this row alone.
            continue
        models.add(request.model)
        job.prompt_tokens += tokens("".join(text_of(message) for message in request.messages))
        counters.submitted(request.prompt)
    if not job.total:
        job.invalid.append(Invalid("empty_file", "The input has no requests."))
    if len(models) > 1 and job.api.fails_as_whole:
        message = f"All requests of a batch must name one model; these name {sorted(models)}."
        job.invalid.append(Invalid("model_mismatch", message))
    if job.total > max_requests:
        message = f"The batch has {job.total:,} requests; the limit is {max_requests:,}."
        job.invalid.append(Invalid("too_many_tasks", message))
    size = job.input.stat().st_size
    if size > max_bytes:
        job.invalid.append(Invalid("file_too_large", f"The input has {size:,} bytes; the limit is {max_bytes:,}."))
    job.model = job.model or min(models, default="")
    # Thousands of bad lines say no more than the first.
    del job.invalid[_MOST_INVALID:]


class Run:
    """Answers the rows of one job that ends, and writes its result lines."""

    def __init__(self, job: Job, end: End, faults: BatchFaults, answerer: Answerer, new_path: Callable[[], Path]) -> None:
        self._job = job
        self._end: End = end
        self._faults = faults
        self._answerer = answerer
        self._output = Lines(new_path())
        self._errors = Lines(new_path()) if job.api.has_error_file else self._output

    def run(self) -> tuple[Lines, Lines]:
        """Answer; return the lines of successes and of failures, which may be the same."""
        to_answer = self._to_answer()
        for number, row in enumerate(self._job.api.rows(self._job), 1):
            if isinstance(row, Invalid):
                continue
            if number <= to_answer:
                self._try(row, number)
            else:
                self._job.counts.unanswered += 1
                self._write(self._errors, row, self._job.api.unanswered(row, self._end))
        shuffle = random.Random(self._faults.seed) if self._faults.reordered else None
        self._output.close(shuffle)
        if self._errors is not self._output:
            self._errors.close(shuffle)
        return self._output, self._errors

    def _to_answer(self) -> int:
        total = self._job.total
        if self._end == "expired" and not self._job.api.answers_expired:
            return 0
        return int(total * self._faults.answered_share) if self._end in ("partial", "expired", "cancelled") else total

    def _try(self, row: Row, number: int) -> None:
        job = self._job
        try:
            request = job.form.parse(row.body, {}, row.model)
        except BadRequestError as error:
            self._fail(row, 400, job.form.failure(400, str(error)).body, number)
            return
        kind, called = self._answerer.row_fault(request.prompt)
        status = self._status(row) or called
        if status is not None:
            self._fail(row, status, job.form.failure(status, f"This server answers {status}.").body, number)
            return
        response_number = job.number * 1_000_000 + number
        completed = self._answerer.complete(job.form, request, kind, response_number, time.monotonic())
        if completed.usage is None:
            self._fail(row, completed.status, completed.body, number)
            return
        job.counts.succeeded += 1
        job.input_tokens += completed.usage.input_
        job.cached_tokens += completed.usage.cache_read
        job.output_tokens += completed.usage.output + completed.usage.reasoning
        self._answerer.counters.answered_in_batch(request.prompt)
        self._write(self._output, row, job.api.succeeded(row, completed.body, number))

    def _status(self, row: Row) -> int | None:
        if self._end == "token_limit":
            return 429
        return 400 if self._end in ("all_failed", "failed") else self._faults.row_error(row.custom_id)

    def _fail(self, row: Row, status: int, body: dict[str, Any], number: int) -> None:
        self._job.counts.failed += 1
        self._write(self._errors, row, self._job.api.errored(row, status, body, number))

    def _write(self, lines: Lines, row: Row, line: dict[str, Any] | None) -> None:
        if line is None:
            return
        for written in self._faults.lines(row.custom_id, json.dumps(line).encode() + b"\n"):
            lines.write(written)


class Lines:
    """A file of lines, written once; with a shuffle, in another order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file = path.open("wb")
        self._starts = array("Q")
        self._size = 0

    def write(self, line: bytes) -> None:
        self._file.write(line)
        self._starts.append(self._size)
        self._size += len(line)
        self.count += 1

    def close(self, shuffle: random.Random | None) -> None:
        self._file.close()
        if not self.count:
            self.path.unlink()
        elif shuffle is not None:
            self._reorder(shuffle)

    def _reorder(self, shuffle: random.Random) -> None:
        # Offsets are all that is held: eight bytes a line.
        order = array("Q", range(self.count))
        shuffle.shuffle(order)
        ends = self._starts[1:] + array("Q", [self._size])
        unordered = self.path.with_suffix(".unordered")
        self.path.rename(unordered)
        with unordered.open("rb") as source, self.path.open("wb") as target:
            for at in order:
                source.seek(self._starts[at])
                target.write(source.read(ends[at] - self._starts[at]))
        unordered.unlink()
