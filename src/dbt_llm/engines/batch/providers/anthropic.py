"""Anthropic's Message Batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from ....client import MissingDependencyError
from ..provider import (
    BatchIntent,
    BatchLimits,
    BatchNotFoundError,
    BatchResult,
    BatchState,
    BatchStatus,
    Discovery,
    UnreadableAnswerError,
)
from .answers import custom_id_of, refusal, results, said, since, unanswered, unreadable
from .clients import httpx_client

try:
    import anthropic
    from anthropic.types.messages import MessageBatch
except ImportError as error:
    raise MissingDependencyError(
        f"dbt_llm: the batch engine needs '{error.name}' for this provider, which is not installed. "
        "Run: pip install 'dbt-llm[anthropic]' (with Python 3.11 or later)"
    ) from error

__all__ = ["AnthropicBatches"]

# https://platform.claude.com/docs/en/api/errors, 2026-11
_STATUSES = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_ENDED = {"canceled": "cancelled", "expired": "expired"}
_PAGE = 100
_FIRST_RESULTS = 20
_CALL = anthropic.Timeout(60, connect=10)
# The answer comes when all requests have been taken in.
_CREATE = anthropic.Timeout(60, connect=10, read=300)


class AnthropicBatches:
    """Batch jobs that are created with their requests in one call, and that cannot be labelled.

    So each custom id begins with the first 8 hex digits of the batch key, by which a job that has ended is recognised.
    """

    name = "anthropic"
    # 256 MB with what the client adds; https://platform.claude.com/docs/en/build-with-claude/batch-processing, 2026-11
    limits = BatchLimits(requests=100_000, bytes_=255_000_000)

    def __init__(self, *, api_key: str, base_url: str = "https://api.anthropic.com") -> None:
        """`base_url` ends where `/v1` begins."""
        self._key = api_key
        self._client = anthropic.Anthropic(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            timeout=_CALL,
            http_client=httpx_client(anthropic.DefaultHttpxClient, base_url),
        )

    def custom_id(self, batch_key: str, request_key: str) -> str:
        """57 characters: 8 of the batch key and 48 of the request key."""
        return f"{batch_key[:8]}-{request_key[:48]}"

    def line(self, custom_id: str, body: bytes) -> bytes:
        """A request as it stands in the list of a create."""
        return b'{"custom_id":"' + custom_id.encode() + b'","params":' + body + b"}\n"

    def upload(self, intent: BatchIntent, file: Path) -> None:
        """Nothing: `create` carries the requests."""

    def create(self, intent: BatchIntent, file: Path) -> str:  # noqa: ARG002
        """Create the job, with its requests streamed from the file."""
        body = _RequestList(file)
        try:
            # `messages.batches.create` would hold the requests as objects, as text, and as bytes.
            job = self._client.post(
                "/v1/messages/batches",
                cast_to=MessageBatch,
                content=body,
                options={"headers": {"Content-Length": str(body.length)}, "timeout": _CREATE},
            )
        except anthropic.APIStatusError as error:
            self._refuse(error)
        return _job(job).id

    def find(self, intent: BatchIntent) -> str | Discovery:
        """Read the list of jobs, newest first, for one of the intent's size, whose first results have its nonce."""
        start, unsure = since(intent), False
        for page in self._pages():
            for job in page:
                if job.id in intent.known_ids or job.created_at.timestamp() < start or _total(job) != intent.requests:
                    continue
                if job.archived_at is not None:
                    # Even if it were this one: its answers are gone.
                    continue
                if job.processing_status != "ended":
                    unsure = True
                    continue
                nonce = self._nonce(job.id)
                if nonce == intent.batch_key[:8]:
                    return job.id
                unsure = unsure or nonce is None
            if page and all(job.created_at.timestamp() < start for job in page):
                break
        return Discovery.UNSURE if unsure else Discovery.ABSENT

    def status(self, batch_id: str) -> BatchStatus:
        """Look at a job."""
        return _status(self._job(batch_id))

    def results(self, batch_id: str, status: BatchStatus) -> Iterator[BatchResult]:  # noqa: ARG002
        """Stream the results; none where they have been archived, 29 days after the job was created."""
        job = self._job(batch_id)
        if job.archived_at is not None:
            return
        if not job.results_url:
            raise BatchNotFoundError(f"{batch_id} has no results yet")
        try:
            with self._client.messages.batches.with_streaming_response.results(batch_id) as response:
                yield from results(response.iter_bytes(), _result)
        except anthropic.NotFoundError as error:
            raise BatchNotFoundError(f"the results of {batch_id}: {said(error.api_message, key=self._key)}") from error

    def cancel(self, batch_id: str) -> None:
        """Ask that a job be cancelled; requests that are being answered are finished first."""
        self._client.messages.batches.cancel(batch_id)

    def open_jobs(self) -> Iterable[tuple[str, BatchStatus]]:
        """The jobs that have not ended, of the key's workspace."""
        for page in self._pages():
            for job in page:
                if job.processing_status != "ended":
                    yield job.id, _status(job)

    def _refuse(self, error: anthropic.APIStatusError) -> NoReturn:
        refused = refusal(error.status_code, error.api_message or error.message, error.type, key=self._key)
        if refused is None:
            raise error
        raise refused from error

    def _job(self, batch_id: str) -> MessageBatch:
        try:
            return _job(self._client.messages.batches.retrieve(batch_id))
        except anthropic.NotFoundError as error:
            raise BatchNotFoundError(said(error.api_message, key=self._key)) from error

    def _nonce(self, batch_id: str) -> str | None:
        """What the custom ids of a job begin with, None where that cannot be read now."""
        try:
            first = list(islice(self.results(batch_id, BatchStatus(BatchState.COMPLETED)), _FIRST_RESULTS))
        except BatchNotFoundError:
            return None
        return next((result.custom_id[:8] for result in first if result.custom_id), None)

    def _pages(self) -> Iterator[list[MessageBatch]]:
        after: str | anthropic.Omit = anthropic.omit
        while True:
            try:
                page = self._client.messages.batches.list(limit=_PAGE, after_id=after)
            except AttributeError as error:
                # So the client meets a page that is a text.
                raise UnreadableAnswerError("the answer is not a list of message batches") from error
            jobs = getattr(page, "data", None)
            if not isinstance(jobs, list):
                raise UnreadableAnswerError("the answer is not a list of message batches")
            yield [_job(job) for job in jobs]
            if not page.has_more or not jobs:
                return
            if jobs[-1].id == after:
                raise UnreadableAnswerError("the list of message batches begins again")
            after = jobs[-1].id


class _RequestList:
    """The body `{"requests": [...]}` over the lines of a file, in pieces of at most 1 MiB."""

    _HEAD, _TAIL = b'{"requests":[', b"]}"

    def __init__(self, file: Path) -> None:
        self._file = file
        # The commas take the place of the line breaks, of which the last has none.
        self.length = len(self._HEAD) + file.stat().st_size - 1 + len(self._TAIL)

    def __iter__(self) -> Iterator[bytes]:
        yield self._HEAD
        with self._file.open("rb") as content:
            left = self._file.stat().st_size - 1
            while left > 0:
                piece = content.read(min(left, 1 << 20))
                left -= len(piece)
                # JSON has no line break within a text.
                yield piece.replace(b"\n", b",")
        yield self._TAIL


def _result(row: dict[str, Any]) -> BatchResult:
    custom_id, outcome = custom_id_of(row), row.get("result")
    if custom_id is None:
        return unreadable("a line of the results has no custom_id")
    kind = outcome.get("type") if isinstance(outcome, dict) else None
    if isinstance(outcome, dict) and kind == "succeeded" and isinstance(outcome.get("message"), dict):
        return BatchResult(custom_id, status=200, body=outcome["message"])
    if isinstance(outcome, dict) and kind == "errored" and isinstance(outcome.get("error"), dict):
        body = outcome["error"]
        inner = body.get("error")
        error_type = inner.get("type") if isinstance(inner, dict) else None
        return BatchResult(custom_id, status=_STATUSES.get(str(error_type), 500), body=body)
    return unanswered(custom_id, _ENDED.get(str(kind), "error"), None, None if kind in _ENDED else "a result without a message")


def _status(job: MessageBatch) -> BatchStatus:
    counts = job.request_counts
    if job.processing_status != "ended":
        # The counters of what is done stay 0 until all is.
        return BatchStatus(BatchState.RUNNING, total=_total(job))
    state = BatchState.COMPLETED
    if job.cancel_initiated_at is not None:
        state = BatchState.CANCELLED
    elif counts.expired:
        state = BatchState.EXPIRED
    return BatchStatus(
        state,
        total=_total(job),
        succeeded=counts.succeeded,
        failed=counts.errored + counts.canceled + counts.expired,
        message="its results are no longer kept" if job.archived_at is not None else None,
        output_ids=(job.results_url,) if job.results_url else (),
    )


def _total(job: MessageBatch) -> int:
    counts = job.request_counts
    return counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired


def _job(answer: object) -> MessageBatch:
    """The client lets through a 200 that holds anything."""
    if (
        not isinstance(answer, MessageBatch)
        or not isinstance(answer.id, str)
        or not isinstance(answer.processing_status, str)
        or not hasattr(answer.created_at, "timestamp")
        or answer.request_counts is None
    ):
        raise UnreadableAnswerError("the answer is not a message batch")
    return answer
