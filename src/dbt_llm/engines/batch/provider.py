"""What the batch engine asks of a provider's Batch API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

__all__ = [
    "BatchIntent",
    "BatchLimits",
    "BatchNotFoundError",
    "BatchProvider",
    "BatchRejectedError",
    "BatchResult",
    "BatchState",
    "BatchStatus",
    "Discovery",
    "UnreadableAnswerError",
]


class BatchState(Enum):
    """What has become of a batch job, in one set of words for all providers. The values are shown to users."""

    QUEUED = "queued"
    """Accepted or validated, not started."""
    RUNNING = "running"
    """Started; being finalized or cancelled counts, as its results are not there yet."""
    COMPLETED = "completed"
    """Ended; also where every request failed."""
    FAILED = "failed"
    """Ended as a whole, as after a failed validation. Some providers have results even so."""
    EXPIRED = "expired"
    CANCELLED = "cancelled"

    @property
    def is_terminal(self) -> bool:
        """Whether it can change no more, so that its results (all that there will be) can be collected."""
        return self not in (BatchState.QUEUED, BatchState.RUNNING)


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """What one batch job may hold. None: the provider states none.

    `bytes_`: of the input file, or of the body that creates the job. `min_requests`: a job with fewer is refused.
    """

    requests: int
    bytes_: int
    min_requests: int = 1


@dataclass(frozen=True, slots=True)
class BatchStatus:
    """One look at a batch job. `message`: why it failed as a whole, in the provider's words."""

    state: BatchState
    total: int | None = None
    succeeded: int | None = None
    failed: int | None = None
    message: str | None = None
    output_ids: tuple[str, ...] = ()
    """Files or places that hold the results, where the provider names such: successes, failures."""
    is_throttled: bool = False
    """Failed as a whole because too many tokens or jobs were enqueued: the same may be accepted later."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The result of one request. Where `body` is None, it was not answered, and `message` says why.

    `status` and `body` are those of an HTTP response, which the endpoint's form interprets. `ended`: why there is no
    answer: `expired`, `cancelled` (neither was billed, both may be asked again), or `error` (a line without a body).
    """

    custom_id: str
    status: int | None = None
    body: Any = None
    ended: str | None = None
    message: str | None = None


class Discovery(Enum):
    """What a search for a batch job that may or may not have been created has found."""

    ABSENT = "absent"
    """The provider's list, read back to before the intent, does not hold it."""
    UNSURE = "unsure"
    """It cannot be told yet, as where candidates are still running. Never a reason to submit again."""


@dataclass(frozen=True, slots=True)
class BatchIntent:
    """What is in the ledger before a batch job is created, and by which it is found again.

    `batch_key`: 32 hex digits, derived from the requests. `created_at`: seconds since the epoch, of the intent.
    `input_id`: the uploaded file, once there is one. `first_custom_ids`: some of the job's custom ids.
    `known_ids`: jobs that the ledger holds already, each under an intent of its own, so that none of them is this one.
    """

    batch_key: str
    created_at: float
    requests: int
    input_id: str | None = None
    first_custom_ids: tuple[str, ...] = ()
    known_ids: frozenset[str] = frozenset()


class UnreadableAnswerError(Exception):
    """The provider has answered something that says nothing, as a proxy's page does. It is evidence of nothing."""


class BatchNotFoundError(Exception):
    """The provider answers that there is no such job. Seconds after a create that is no evidence that it is lost."""


class BatchRejectedError(Exception):
    """The provider has read the create (or upload) and refused it: no job was made and none will be.

    `is_throttled`: too many jobs or tokens are enqueued; the same may be accepted later.
    """

    def __init__(self, message: str, *, is_throttled: bool = False) -> None:
        super().__init__(message)
        self.is_throttled = is_throttled


class BatchProvider(Protocol):
    """A provider's Batch API. No call is repeated by the client that it uses.

    Besides the errors named, each call lets through what its client raises for a failure that tells nothing (a timeout,
    a 5xx, a lost connection): after such a `create`, `find` decides.
    """

    name: str
    """As in an endpoint's `provider`: openai, azure, anthropic, gemini, bedrock, mistral."""
    limits: BatchLimits

    def custom_id(self, batch_key: str, request_key: str) -> str:
        """The id of a request in a job: at most 64 of `[a-zA-Z0-9_-]`, derived from the request key (64 hex digits)."""

    def line(self, custom_id: str, body: bytes) -> bytes:
        """The line of the input file for a request, with its line break. `body`: what the endpoint's form encodes."""

    def upload(self, intent: BatchIntent, file: Path) -> str | None:
        """Upload the input file; return its id, or None where `create` carries the requests itself."""

    def create(self, intent: BatchIntent, file: Path) -> str:
        """Create the job and return its id. Raises `BatchRejectedError` where it is certain that there is none."""

    def find(self, intent: BatchIntent) -> str | Discovery:
        """Look for the job of an intent by its label; return its id, or what the search says otherwise."""

    def status(self, batch_id: str) -> BatchStatus:
        """Look at a job. Raises `BatchNotFoundError`."""

    def results(self, batch_id: str, status: BatchStatus) -> Iterator[BatchResult]:
        """The results of a job that has ended, in any order, streamed; also those of one that failed or expired.

        A line that cannot be read is yielded with the custom id `""`, `ended="error"` and a message.
        Raises `BatchNotFoundError` at the first result where the provider does not find them (yet).
        """

    def cancel(self, batch_id: str) -> None:
        """Ask that a job be cancelled; what it has answered stays."""

    def open_jobs(self) -> Iterable[tuple[str, BatchStatus]]:
        """The jobs of this account that have not ended, newest first, as far as the provider lists them."""
