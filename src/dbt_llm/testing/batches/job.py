"""A batch job as the server keeps it, whatever the provider's form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ..forms import Form
from .faults import End


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
