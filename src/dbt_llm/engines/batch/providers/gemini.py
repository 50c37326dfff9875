"""Batch jobs of the Gemini Developer API, over an uploaded file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
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
from .answers import custom_id_of, job_name, newest, refusal, results, said, since, unanswered, unreadable
from .clients import download, httpx_options

try:
    import requests as http
    from google import genai
    from google.genai import errors, types
except ImportError as error:
    raise MissingDependencyError(
        f"dbt_llm: the batch engine needs '{error.name}' for this provider, which is not installed. "
        "Run: pip install 'dbt-llm[gemini]' (with Python 3.11 or later)"
    ) from error

__all__ = ["GeminiBatches"]

# Without the prefix JOB_STATE_ or BATCH_STATE_: the API says one, its documentation the other.
_STATES = {
    "UNSPECIFIED": BatchState.QUEUED,
    "QUEUED": BatchState.QUEUED,
    "PENDING": BatchState.QUEUED,
    "RUNNING": BatchState.RUNNING,
    "PAUSED": BatchState.RUNNING,
    "UPDATING": BatchState.RUNNING,
    "CANCELLING": BatchState.RUNNING,
    "SUCCEEDED": BatchState.COMPLETED,
    "PARTIALLY_SUCCEEDED": BatchState.COMPLETED,
    "FAILED": BatchState.FAILED,
    "EXPIRED": BatchState.EXPIRED,
    "CANCELLED": BatchState.CANCELLED,
}
# A line's error has a code of google.rpc, a response's that of HTTP.
_RPC_STATUSES = {
    2: 500,
    3: 400,
    4: 504,
    5: 404,
    6: 409,
    7: 403,
    8: 429,
    9: 400,
    10: 409,
    11: 400,
    12: 501,
    13: 500,
    14: 503,
    15: 500,
    16: 401,
}
_RPC_CANCELLED = 1
_PAGE = 100
_MOST_PAGES = 1_000
_VERSION = "v1beta"
_CALL_MS = 60_000
_UPLOAD_MS = 300_000
_PIECE = 1 << 20
_PATIENCE = (10.0, 60.0)


class GeminiBatches:
    """Batch jobs that are labelled by their display name. A file is kept for 48 hours."""

    name = "gemini"
    # The 2 GB are the file's; no number of requests is stated, so this is ours. https://ai.google.dev/gemini-api/docs/batch-api
    limits = BatchLimits(requests=200_000, bytes_=2_000_000_000)

    def __init__(self, *, api_key: str, model_name: str, base_url: str = "https://generativelanguage.googleapis.com") -> None:
        """`base_url` ends where `/v1beta` begins."""
        self._key = api_key
        self._model = model_name
        self._base_url = base_url.rstrip("/")
        self._client = genai.Client(
            # Else the environment may make it a client of Vertex AI.
            vertexai=False,
            api_key=api_key,
            # Without `retry_options`, a call is made once.
            http_options=types.HttpOptions(
                base_url=self._base_url, api_version=_VERSION, timeout=_CALL_MS, client_args=httpx_options(self._base_url)
            ),
        )
        self._http = http.Session()
        self._http.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True

    def custom_id(self, batch_key: str, request_key: str) -> str:  # noqa: ARG002
        """The request key."""
        return request_key

    def line(self, custom_id: str, body: bytes) -> bytes:
        """The line of a request in the input file, where its id is called `key`."""
        return b'{"key":"' + custom_id.encode() + b'","request":' + body + b"}\n"

    def upload(self, intent: BatchIntent, file: Path) -> str:
        """Upload the input file, in pieces."""
        try:
            uploaded = self._client.files.upload(
                file=file,
                config=types.UploadFileConfig(
                    display_name=job_name(intent), mime_type="jsonl", http_options=types.HttpOptions(timeout=_UPLOAD_MS)
                ),
            )
        except errors.APIError as error:
            self._refuse(error)
        return _name(uploaded.name)

    def create(self, intent: BatchIntent, file: Path) -> str:  # noqa: ARG002
        """Create the job over the uploaded file."""
        if intent.input_id is None:
            raise ValueError("create needs the name of the uploaded file in the intent")
        try:
            job = self._client.batches.create(
                model=self._model,
                src=intent.input_id,
                config=types.CreateBatchJobConfig(display_name=job_name(intent)),
            )
        except errors.APIError as error:
            self._refuse(error)
        return _name(job.name)

    def find(self, intent: BatchIntent) -> str | Discovery:
        """Read the whole list of jobs, whose order is not promised, for one with the label."""
        start, label = since(intent), job_name(intent)
        return newest(
            (_created_at(job), _name(job.name))
            for job in self._jobs()
            if job.display_name == label and _created_at(job) >= start and job.name not in intent.known_ids
        )

    def status(self, batch_id: str) -> BatchStatus:
        """Look at a job."""
        try:
            status = self._status(self._client.batches.get(name=batch_id))
        except errors.APIError as error:
            if error.code == 404:
                raise BatchNotFoundError(said(error.message, key=self._key)) from error
            raise
        if status.state is BatchState.FAILED and status.message is None:
            code, message = self._why(batch_id)
            return replace(status, message=message, is_throttled=_RPC_STATUSES.get(code) == 429)
        return status

    def results(self, batch_id: str, status: BatchStatus) -> Iterator[BatchResult]:
        """Stream the file of results, as far as the job has one."""
        for name in status.output_ids:
            # `files.download` would hold the file in memory.
            url = f"{self._base_url}/{_VERSION}/{name}:download"
            with download(
                self._http, url, params={"alt": "media"}, headers={"x-goog-api-key": self._key}, timeout=_PATIENCE
            ) as response:
                if response.status_code == 404:
                    raise BatchNotFoundError(f"{name} of {batch_id} is not found")
                response.raise_for_status()
                yield from results(response.iter_content(_PIECE), _result)

    def cancel(self, batch_id: str) -> None:
        """Ask that a job be cancelled."""
        self._client.batches.cancel(name=batch_id)

    def open_jobs(self) -> Iterable[tuple[str, BatchStatus]]:
        """The jobs that have not ended, in the list's order."""
        for job in self._jobs():
            status = self._status(job)
            if not status.state.is_terminal:
                yield _name(job.name), status

    def _refuse(self, error: errors.APIError) -> NoReturn:
        refused = refusal(error.code, error.message, error.status, key=self._key)
        if refused is None:
            raise error
        raise refused from error

    def _status(self, job: types.BatchJob) -> BatchStatus:
        if job.state is None:
            raise UnreadableAnswerError("the answer is not a batch job")
        word = str(job.state.value)
        state = _STATES.get(word.removeprefix("JOB_STATE_").removeprefix("BATCH_STATE_"))
        message = said(job.error.message, key=self._key) if job.error else None
        if state is None:
            message = f"the provider says '{word}'"
        name = job.dest.file_name if job.dest else None
        return BatchStatus(state or BatchState.RUNNING, message=message, output_ids=(name,) if name else ())

    def _why(self, batch_id: str) -> tuple[int, str | None]:
        """The code and message with which a job failed, which the client leaves out of what it makes of the answer."""
        url = f"{self._base_url}/{_VERSION}/{batch_id}"
        response = download(self._http, url, params={}, headers={"x-goog-api-key": self._key}, timeout=_PATIENCE)
        response.raise_for_status()
        error = response.json().get("error") or {}
        return error.get("code", 0), said(error["message"], key=self._key) if error.get("message") else None

    def _jobs(self) -> Iterator[types.BatchJob]:
        token: str | None = None
        for _ in range(_MOST_PAGES):
            page = self._client.batches.list(config=types.ListBatchJobsConfig(page_size=_PAGE, page_token=token))
            yield from page.page
            token = page.config.get("page_token")
            if not token:
                return
        raise UnreadableAnswerError(f"the list of batch jobs does not end within {_MOST_PAGES} pages")


def _result(row: dict[str, Any]) -> BatchResult:
    custom_id = custom_id_of(row, "key")
    if custom_id is None:
        return unreadable("a line of the results has no key")
    response, error = row.get("response"), row.get("error")
    if isinstance(response, dict):
        return BatchResult(custom_id, status=200, body=response)
    if isinstance(error, dict):
        code = error.get("code")
        if code == _RPC_CANCELLED:
            return unanswered(custom_id, "cancelled", None, error.get("message"))
        status = code if isinstance(code, int) and code >= 100 else _RPC_STATUSES.get(code or 0, 500)
        return BatchResult(custom_id, status=status, body={"error": error})
    return unanswered(custom_id, "error", None, "a result without a response")


def _name(name: str | None) -> str:
    if not name:
        raise UnreadableAnswerError("the answer has no name")
    return name


def _created_at(job: types.BatchJob) -> float:
    """Seconds since the epoch; never too old where it is not said."""
    return job.create_time.timestamp() if job.create_time else float("inf")
