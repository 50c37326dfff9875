"""OpenAI's Batch API, and that of every server which speaks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, ClassVar, Literal, NoReturn

from ....client import MissingDependencyError
from ..provider import (
    BatchIntent,
    BatchLimits,
    BatchNotFoundError,
    BatchRejectedError,
    BatchResult,
    BatchState,
    BatchStatus,
    Discovery,
    UnreadableAnswerError,
)
from .answers import LABEL, is_throttled, newest, openai_result, refusal, results, said, since
from .clients import httpx_client

try:
    # Azure takes it from here.
    import openai as openai
    from openai.types import Batch
except ImportError as error:
    raise MissingDependencyError(
        f"dbt_llm: the batch engine needs '{error.name}' for this provider, which is not installed. "
        "Run: pip install 'dbt-llm[openai]' (with Python 3.11 or later)"
    ) from error

__all__ = ["Api", "OpenAIBatches"]

Api = Literal["chat", "responses", "embeddings"]

_STATES = {
    "validating": BatchState.QUEUED,
    "in_progress": BatchState.RUNNING,
    "finalizing": BatchState.RUNNING,
    "cancelling": BatchState.RUNNING,
    "completed": BatchState.COMPLETED,
    "failed": BatchState.FAILED,
    "expired": BatchState.EXPIRED,
    "cancelled": BatchState.CANCELLED,
    "canceled": BatchState.CANCELLED,
}
_PAGE = 100
_CALL = openai.Timeout(60, connect=10)
_UPLOAD = openai.Timeout(60, connect=10, read=300)


class OpenAIBatches:
    """Batch jobs of OpenAI or a compatible server: an uploaded file, then a job that is labelled by its metadata."""

    name = "openai"
    # https://developers.openai.com/api/docs/guides/batch, 2026-11
    limits = BatchLimits(requests=50_000, bytes_=200_000_000)
    _urls: ClassVar[dict[Api, str]] = {
        "chat": "/v1/chat/completions",
        "responses": "/v1/responses",
        "embeddings": "/v1/embeddings",
    }

    def __init__(self, *, api_key: str | None, base_url: str = "https://api.openai.com/v1", api: Api = "chat") -> None:
        """`base_url` ends where `/batches` begins; without a key, no header tells one. `api`: the form of a body."""
        self._key = api_key
        self._url: Any = self._urls[api]
        self._client = openai.OpenAI(
            # The client refuses to be without a key, which servers of one's own do not ask for.
            api_key=api_key or "none",
            base_url=base_url,
            max_retries=0,
            timeout=_CALL,
            http_client=httpx_client(openai.DefaultHttpxClient, base_url),
        )
        self._headers: dict[str, str | openai.Omit] = {} if api_key else {"Authorization": openai.omit}
        self._head = f'","method":"POST","url":"{self._url}","body":'.encode()

    def custom_id(self, batch_key: str, request_key: str) -> str:  # noqa: ARG002
        """The request key, which has the 64 characters that fit."""
        return request_key

    def line(self, custom_id: str, body: bytes) -> bytes:
        """The line of a request in the input file."""
        return b'{"custom_id":"' + custom_id.encode() + self._head + body + b"}\n"

    def upload(self, intent: BatchIntent, file: Path) -> str:
        """Upload the input file, which the provider keeps for 30 days."""
        with file.open("rb") as content:
            try:
                uploaded = self._client.files.create(
                    file=(f"{intent.batch_key}.jsonl", content, "application/jsonl"),
                    purpose="batch",
                    extra_headers=self._headers,
                    timeout=_UPLOAD,
                )
            except openai.APIStatusError as error:
                self._refuse(error)
        return _id(uploaded)

    def create(self, intent: BatchIntent, file: Path) -> str:  # noqa: ARG002
        """Create the job over the uploaded file."""
        if intent.input_id is None:
            raise ValueError("create needs the id of the uploaded file in the intent")
        try:
            job = self._client.batches.create(
                completion_window="24h",
                endpoint=self._url,
                input_file_id=intent.input_id,
                metadata={LABEL: intent.batch_key},
                extra_headers=self._headers,
            )
        except openai.APIStatusError as error:
            self._refuse(error)
        return _id(job)

    def find(self, intent: BatchIntent) -> str | Discovery:
        """Read the list of jobs, newest first, for one over the intent's file, else for one with its label."""
        start, labelled = since(intent), []
        for page in self._pages():
            for job in page:
                if job.id in intent.known_ids:
                    continue
                if intent.input_id is not None and job.input_file_id == intent.input_id:
                    return job.id
                # A gateway may name files otherwise than the server behind it.
                if (job.metadata or {}).get(LABEL) == intent.batch_key and _created_at(job) >= start:
                    labelled.append((_created_at(job), job.id))
            if all(_created_at(job) < start for job in page):
                break
        return newest(labelled)

    def status(self, batch_id: str) -> BatchStatus:
        """Look at a job."""
        try:
            return self._status(self._client.batches.retrieve(batch_id, extra_headers=self._headers))
        except openai.NotFoundError as error:
            raise BatchNotFoundError(said(_message(error), key=self._key)) from error

    def results(self, batch_id: str, status: BatchStatus) -> Iterator[BatchResult]:
        """Stream the output file and the error file, as far as the job has them."""
        for file_id in status.output_ids:
            try:
                with self._client.files.with_streaming_response.content(file_id, extra_headers=self._headers) as response:
                    yield from results(response.iter_bytes(), openai_result)
            except openai.NotFoundError as error:
                raise BatchNotFoundError(f"file {file_id} of {batch_id}: {said(_message(error), key=self._key)}") from error

    def cancel(self, batch_id: str) -> None:
        """Ask that a job be cancelled; what it has answered is delivered, and charged."""
        self._client.batches.cancel(batch_id, extra_headers=self._headers)

    def open_jobs(self) -> Iterable[tuple[str, BatchStatus]]:
        """The jobs that have not ended."""
        for page in self._pages():
            for job in page:
                status = self._status(job)
                if not status.state.is_terminal:
                    yield job.id, status

    def _refuse(self, error: openai.APIStatusError) -> NoReturn:
        refused = self._refusal(error)
        if refused is None:
            raise error
        raise refused from error

    def _refusal(self, error: openai.APIError) -> BatchRejectedError | None:
        if not isinstance(error, openai.APIStatusError):
            return None
        return refusal(error.status_code, _message(error), error.code, key=self._key)

    def _status(self, job: Batch) -> BatchStatus:
        if not isinstance(job, Batch) or not isinstance(job.status, str):
            raise UnreadableAnswerError("the answer is not a batch")
        counts = job.request_counts
        faults = (job.errors.data if job.errors else None) or []
        message = "; ".join(said(fault.message, fault.code, key=self._key) for fault in faults[:3]) or None
        if job.status not in _STATES:
            message = f"the provider says '{job.status}'"
        return BatchStatus(
            _STATES.get(job.status, BatchState.RUNNING),
            total=counts.total if counts else None,
            succeeded=counts.completed if counts else None,
            failed=counts.failed if counts else None,
            message=message,
            output_ids=tuple(file_id for file_id in (job.output_file_id, job.error_file_id) if file_id),
            is_throttled=job.status == "failed" and any(is_throttled(None, fault.code) for fault in faults),
        )

    def _pages(self) -> Iterator[list[Batch]]:
        seen: set[str] = set()
        after: str | openai.Omit = openai.omit
        while True:
            try:
                page = self._client.batches.list(limit=_PAGE, after=after, extra_headers=self._headers)
            except AttributeError as error:
                # So the client meets a page that is a text.
                raise UnreadableAnswerError("the answer is not a list of batches") from error
            jobs = getattr(page, "data", None)
            if not isinstance(jobs, list) or not all(isinstance(job, Batch) and job.id for job in jobs):
                raise UnreadableAnswerError("the answer is not a list of batches")
            if jobs and all(job.id in seen for job in jobs):
                raise UnreadableAnswerError("the list of batches begins again: this server does not page")
            seen.update(job.id for job in jobs)
            yield jobs
            if page.has_more is False or (not page.has_more and len(jobs) < _PAGE) or not jobs:
                return
            after = jobs[-1].id


def _id(answer: object) -> str:
    """The id in an answer; the client lets through a 200 that holds anything."""
    value = getattr(answer, "id", None)
    if not isinstance(value, str) or not value:
        raise UnreadableAnswerError("the answer has no id")
    return value


def _message(error: openai.APIStatusError) -> object:
    """The provider's own words; the client's hold the whole body."""
    return error.body.get("message") if isinstance(error.body, dict) else error.message


def _created_at(job: Batch) -> float:
    """Seconds since the epoch; never too old where a server does not say."""
    value: object = job.created_at
    return value if isinstance(value, int | float) else float("inf")
