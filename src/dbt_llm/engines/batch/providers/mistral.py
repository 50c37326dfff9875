"""Mistral's batch jobs, over an uploaded file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, NoReturn

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
from .answers import LABEL, newest, openai_result, refusal, results, said, since
from .clients import httpx_options

try:
    import httpx
    from mistralai.client import Mistral
    from mistralai.client.errors import MistralError
    from mistralai.client.models import BatchJob, File
except ImportError as error:
    raise MissingDependencyError(
        f"dbt_llm: the batch engine needs '{error.name}' for this provider, which is not installed. "
        "Run: pip install 'dbt-llm[mistral]' (with Python 3.11 or later)"
    ) from error

__all__ = ["MistralBatches"]

_STATES = {
    "QUEUED": BatchState.QUEUED,
    "RUNNING": BatchState.RUNNING,
    "CANCELLATION_REQUESTED": BatchState.RUNNING,
    "SUCCESS": BatchState.COMPLETED,
    "FAILED": BatchState.FAILED,
    "TIMEOUT_EXCEEDED": BatchState.EXPIRED,
    "CANCELLED": BatchState.CANCELLED,
}
_Url = Literal["/v1/chat/completions", "/v1/embeddings"]
_URLS: dict[str, _Url] = {"chat": "/v1/chat/completions", "embeddings": "/v1/embeddings"}
_PAGE = 100
_CALL_MS = 60_000
_UPLOAD_MS = 300_000


class MistralBatches:
    """Batch jobs that are labelled by their metadata."""

    name = "mistral"
    # https://docs.mistral.ai/studio-api/batch-processing (1 million requests) and its files (512 MB), 2026-11
    limits = BatchLimits(requests=1_000_000, bytes_=500_000_000)

    def __init__(
        self,
        *,
        api_key: str,
        model_name: str,
        base_url: str = "https://api.mistral.ai",
        timeout_hours: int = 24,
        api: Literal["chat", "embeddings"] = "chat",
    ) -> None:
        """`base_url` ends where `/v1` begins. After `timeout_hours` a job ends, with what it has answered.

        `api`: what a job asks for.
        """
        self._key = api_key
        self._model = model_name
        self._url = _URLS[api]
        self._timeout_hours = timeout_hours
        # Its protocol for a client is not quite httpx's own.
        client: Any = httpx.Client(**httpx_options(base_url))
        self._client = Mistral(
            api_key=api_key,
            server_url=base_url.rstrip("/"),
            retry_config=None,
            timeout_ms=_CALL_MS,
            client=client,
        )

    def custom_id(self, batch_key: str, request_key: str) -> str:  # noqa: ARG002
        """The request key."""
        return request_key

    def line(self, custom_id: str, body: bytes) -> bytes:
        """The line of a request in the input file."""
        return b'{"custom_id":"' + custom_id.encode() + b'","body":' + body + b"}\n"

    def upload(self, intent: BatchIntent, file: Path) -> str:
        """Upload the input file."""
        with file.open("rb") as content:
            try:
                uploaded = self._client.files.upload(
                    file=File(file_name=f"{intent.batch_key}.jsonl", content=content, content_type="application/jsonl"),
                    purpose="batch",
                    timeout_ms=_UPLOAD_MS,
                )
            except MistralError as error:
                self._refuse(error)
        return uploaded.id

    def create(self, intent: BatchIntent, file: Path) -> str:  # noqa: ARG002
        """Create the job over the uploaded file."""
        if intent.input_id is None:
            raise ValueError("create needs the id of the uploaded file in the intent")
        try:
            job = self._client.batch.jobs.create(
                endpoint=self._url,
                input_files=[intent.input_id],
                model=self._model,
                metadata={LABEL: intent.batch_key},
                timeout_hours=self._timeout_hours,
            )
        except MistralError as error:
            self._refuse(error)
        return job.id

    def find(self, intent: BatchIntent) -> str | Discovery:
        """Read the list of jobs, newest first, for one over the intent's file, else for one with its label.

        The list's own filter by metadata is not used: one that finds nothing is no evidence that there is nothing.
        """
        start, labelled = since(intent), []
        for page in self._pages():
            for job in page:
                if job.id in intent.known_ids:
                    continue
                if intent.input_id is not None and intent.input_id in job.input_files:
                    return job.id
                metadata = job.metadata if isinstance(job.metadata, dict) else {}
                if metadata.get(LABEL) == intent.batch_key and job.created_at >= start:
                    labelled.append((float(job.created_at), job.id))
            if page and all(job.created_at < start for job in page):
                break
        return newest(labelled)

    def status(self, batch_id: str) -> BatchStatus:
        """Look at a job."""
        try:
            return self._status(self._client.batch.jobs.get(job_id=batch_id))
        except MistralError as error:
            if error.status_code == 404:
                raise BatchNotFoundError(said(_message(error), key=self._key)) from error
            raise

    def results(self, batch_id: str, status: BatchStatus) -> Iterator[BatchResult]:
        """Stream the output file and the error file, as far as the job has them."""
        for file_id in status.output_ids:
            try:
                response = self._client.files.download(file_id=file_id)
            except MistralError as error:
                if error.status_code == 404:
                    raise BatchNotFoundError(f"file {file_id} of {batch_id}: {said(_message(error), key=self._key)}") from error
                raise
            try:
                yield from results(response.iter_bytes(), openai_result)
            finally:
                response.close()

    def cancel(self, batch_id: str) -> None:
        """Ask that a job be cancelled."""
        self._client.batch.jobs.cancel(job_id=batch_id)

    def open_jobs(self) -> Iterable[tuple[str, BatchStatus]]:
        """The jobs that have not ended."""
        for page in self._pages():
            for job in page:
                status = self._status(job)
                if not status.state.is_terminal:
                    yield job.id, status

    def _refuse(self, error: MistralError) -> NoReturn:
        refused = refusal(error.status_code, _message(error), key=self._key)
        if refused is None:
            raise error
        raise refused from error

    def _status(self, job: BatchJob) -> BatchStatus:
        message = "; ".join(said(fault.message, key=self._key) for fault in job.errors[:3]) or None
        if job.status not in _STATES:
            message = f"the provider says '{job.status}'"
        return BatchStatus(
            _STATES.get(job.status, BatchState.RUNNING),
            total=job.total_requests,
            succeeded=job.succeeded_requests,
            failed=job.failed_requests,
            message=message,
            output_ids=tuple(name for name in (job.output_file, job.error_file) if isinstance(name, str) and name),
        )

    def _pages(self) -> Iterator[list[BatchJob]]:
        number, seen = 0, 0
        while True:
            answer = self._client.batch.jobs.list(page=number, page_size=_PAGE, order_by="-created")
            jobs = answer.data or []
            if not jobs and seen < answer.total:
                raise UnreadableAnswerError(f"the list of jobs has {answer.total}, of which {seen} were shown")
            yield jobs
            seen += len(jobs)
            if not jobs or seen >= answer.total:
                return
            number += 1


def _message(error: MistralError) -> object:
    """The provider's own words; the client's hold the whole body."""
    try:
        body: Any = json.loads(error.body)
    except ValueError:
        return error.body
    message = body.get("message") or body.get("detail") if isinstance(body, dict) else None
    return message if isinstance(message, str) else error.body
