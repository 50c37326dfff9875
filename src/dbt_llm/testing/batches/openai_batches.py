"""OpenAI's Batch API, and Azure's; and the files of OpenAI and of Mistral, which differ in a few fields that both may have."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from ..chat import BadRequestError
from ..forms import OPENAI_CHAT, OPENAI_EMBEDDINGS, OPENAI_RESPONSES
from .batch_faults import End
from .calls import Call, Route, Sent, not_found, objects, route
from .job import Invalid, Job, Row
from .store import Batches, StoredFile

_STEPS = ("validating", "in_progress", "finalizing")

_ENDS: dict[End, str] = {
    "completed": "completed",
    "all_failed": "completed",
    "failed": "failed",
    "token_limit": "failed",
    "partial": "expired",
    "expired": "expired",
    "cancelled": "cancelled",
}

_ENDPOINTS = {
    "/v1/chat/completions": OPENAI_CHAT,
    "/v1/responses": OPENAI_RESPONSES,
    "/v1/embeddings": OPENAI_EMBEDDINGS,
}

_UNANSWERED = {
    "cancelled": ("batch_cancelled", "This request could not be executed before the batch was cancelled."),
    "expired": ("batch_expired", "This request could not be executed before the completion window expired."),
}

_MOST_METADATA = 16


class OpenAIBatches:
    """`/v1/batches`."""

    name = "openai"
    steps = len(_STEPS)
    max_requests = 50_000
    max_bytes = 200_000_000
    fails_as_whole = True
    has_error_file = True
    answers_expired = True

    def __init__(self, batches: Batches, prefixes: tuple[str, ...]) -> None:
        self._batches = batches
        self.routes: list[Route] = [
            one
            for prefix in prefixes
            for one in (
                route("POST", f"{prefix}/v1/batches", "create", self.create),
                route("GET", f"{prefix}/v1/batches", "list", self.list_jobs),
                route("GET", f"{prefix}/v1/batches/{{job_id}}", "retrieve", self.retrieve),
                route("POST", f"{prefix}/v1/batches/{{job_id}}/cancel", "cancel", self.cancel),
            )
        ]

    # Calls.

    def create(self, call: Call) -> Sent:
        body = call.json()
        endpoint, metadata = body.get("endpoint", ""), body.get("metadata")
        if endpoint not in _ENDPOINTS:
            raise BadRequestError(f"Invalid value: '{endpoint}'. This server's batches take: {sorted(_ENDPOINTS)}.")
        if body.get("completion_window") != "24h":
            raise BadRequestError("Invalid 'completion_window': supported values are: '24h'.")
        if metadata is not None and (
            not isinstance(metadata, dict)
            or len(metadata) > _MOST_METADATA
            or not all(isinstance(value, str) and len(key) <= 64 and len(value) <= 512 for key, value in metadata.items())
        ):
            raise BadRequestError("Invalid 'metadata': up to 16 pairs of texts, of at most 64 and 512 characters.")
        file = self._batches.files.get(body.get("input_file_id"))
        if file is None:
            raise BadRequestError(f"Invalid 'input_file_id': there is no file '{body.get('input_file_id')}'.")
        with self._batches.lock:
            number = self._batches.next_number()
            job = Job(
                id=f"batch_{uuid.uuid4().hex}",
                api=self,
                number=number,
                created_at=self._batches.clock(),
                input=file.path,
                form=_ENDPOINTS[endpoint],
                input_file_id=file.id,
                endpoint=endpoint,
                label=metadata,
            )
            return Sent(body=self._shown(self._batches.add(job)))

    def list_jobs(self, call: Call) -> Sent:
        limit, after = call.number("limit", 20, 100), call.query.get("after")
        with self._batches.lock:
            jobs = self._batches.listed(self, is_first_page=after is None)
            ids = [job.id for job in jobs]
            start = ids.index(after) + 1 if after in ids else 0
            page = [self._shown(job) for job in jobs[start : start + limit]]
        return Sent(
            body={
                "object": "list",
                "data": page,
                "first_id": page[0]["id"] if page else None,
                "last_id": page[-1]["id"] if page else None,
                "has_more": start + limit < len(jobs),
            }
        )

    def retrieve(self, call: Call, job_id: str) -> Sent:  # noqa: ARG002
        job = self._batches.find(self, job_id)
        if job is None:
            raise not_found("batch", job_id)
        self._batches.poll(job)
        return Sent(body=self._shown(job))

    def cancel(self, call: Call, job_id: str) -> Sent:  # noqa: ARG002
        job = self._batches.known(self, job_id)
        if job is None:
            raise not_found("batch", job_id)
        if job.end is not None:
            raise BadRequestError(f"Cannot cancel a batch with status '{self.state(job)}'.")
        self._batches.cancel(job)
        return Sent(body=self._shown(job))

    def _shown(self, job: Job) -> dict[str, Any]:
        at = {f"{self.state(job)}_at": int(job.ended_at)} if job.ended_at is not None else {}
        errors = [{"code": one.code, "line": one.line, "message": one.message, "param": None} for one in job.invalid]
        counts = job.counts
        return {
            "id": job.id,
            "object": "batch",
            "endpoint": job.endpoint,
            "model": f"{job.model}-stand-in",
            "errors": {"object": "list", "data": errors} if job.failed_as_whole else None,
            "input_file_id": job.input_file_id,
            "completion_window": "24h",
            "status": self.state(job),
            "output_file_id": job.output_id,
            "error_file_id": job.error_id,
            "created_at": int(job.created_at),
            "expires_at": int(job.created_at) + 86_400,
            "cancelling_at": int(job.cancel_at) if job.cancel_at is not None else None,
            **at,
            "request_counts": {
                "total": 0 if job.failed_as_whole else job.total,
                "completed": counts.succeeded,
                "failed": counts.failed + counts.unanswered,
            },
            "metadata": job.label,
            "usage": {
                "input_tokens": job.input_tokens,
                "input_tokens_details": {"cached_tokens": job.cached_tokens},
                "output_tokens": job.output_tokens,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": job.input_tokens + job.output_tokens,
            },
        }

    # The life of a job.

    def state(self, job: Job) -> str:
        if job.end is not None:
            return _ENDS[job.end]
        return "cancelling" if job.cancel_at is not None else _STEPS[job.step]

    def rows(self, job: Job) -> Iterator[Row | Invalid]:
        for number, line in objects(job.input):
            if isinstance(line, Invalid):
                yield line
            elif not isinstance(line.get("custom_id"), str) or not isinstance(line.get("body"), dict):
                yield Invalid("missing_required_parameter", "Each line needs 'custom_id' and 'body'.", number)
            elif line.get("method") != "POST" or line.get("url") != job.endpoint:
                yield Invalid("url_mismatch", f"Each line needs the method POST and the URL {job.endpoint}.", number)
            else:
                yield Row(line["custom_id"], line["body"])

    def succeeded(self, row: Row, response: dict[str, Any], number: int) -> dict[str, Any]:
        return _line(row, {"status_code": 200, "request_id": f"req_{number}", "body": response}, None, number)

    def errored(self, row: Row, status: int, error: dict[str, Any], number: int) -> dict[str, Any]:
        # The details are in the response's body; `error` stays null.
        return _line(row, {"status_code": status, "request_id": f"req_{number}", "body": error}, None, number)

    def unanswered(self, row: Row, end: End) -> dict[str, Any] | None:
        code, message = _UNANSWERED["cancelled" if end == "cancelled" else "expired"]
        return _line(row, None, {"code": code, "message": message}, 0)


def _line(row: Row, response: dict[str, Any] | None, error: dict[str, Any] | None, number: int) -> dict[str, Any]:
    return {"id": f"batch_req_{number}", "custom_id": row.custom_id, "response": response, "error": error}


_PURPOSES = {"input": "batch", "output": "batch_output", "errors": "batch_output"}
_SAMPLE_TYPES = {"input": "batch_request", "output": "batch_result", "errors": "batch_error"}


class FilesApi:
    """`/v1/files`."""

    def __init__(self, batches: Batches, prefix: str) -> None:
        self._batches = batches
        self.routes: list[Route] = [
            route("POST", f"{prefix}/v1/files", "upload", self.upload),
            route("GET", f"{prefix}/v1/files", "list_files", self.list_files),
            route("GET", f"{prefix}/v1/files/{{file_id}}", "retrieve_file", self.retrieve),
            route("DELETE", f"{prefix}/v1/files/{{file_id}}", "delete_file", self.delete),
            route("GET", f"{prefix}/v1/files/{{file_id}}/content", "results", self.content),
        ]

    def upload(self, call: Call) -> Sent:
        if call.fields.get("purpose") != "batch":
            raise BadRequestError(f"Invalid 'purpose': this server takes 'batch'; got '{call.fields.get('purpose')}'.")
        files = self._batches.files
        path = call.body.rename(files.new_path())
        name = call.fields.get("filename", "file.jsonl")
        file = files.add(StoredFile(files.new_id(), path, name, "input", self._batches.clock()))
        return Sent(body=_shown(file))

    def list_files(self, call: Call) -> Sent:
        limit = call.number("limit", 10_000, 10_000)
        files = self._batches.files.newest_first()
        wanted = call.query.get("purpose")
        shown = [_shown(file) for file in files if wanted in (None, _PURPOSES[file.kind])]
        if call.query.get("order") == "asc":
            shown.reverse()
        ids = [file["id"] for file in shown]
        after = call.query.get("after")
        start = ids.index(after) + 1 if after in ids else 0
        page = shown[start : start + limit]
        has_more = start + limit < len(shown)
        return Sent(body={"object": "list", "data": page, "has_more": has_more, "total": len(shown)})

    def retrieve(self, call: Call, file_id: str) -> Sent:  # noqa: ARG002
        return Sent(body=_shown(self._file(file_id)))

    def delete(self, call: Call, file_id: str) -> Sent:  # noqa: ARG002
        self._file(file_id)
        self._batches.files.delete(file_id)
        return Sent(body={"id": file_id, "object": "file", "deleted": True})

    def content(self, call: Call, file_id: str) -> Sent:  # noqa: ARG002
        return Sent(file=self._file(file_id).path)

    def _file(self, file_id: str) -> StoredFile:
        file = self._batches.files.get(file_id)
        if file is None:
            raise not_found("File object", file_id)
        return file


def _shown(file: StoredFile) -> dict[str, object]:
    return {
        "id": file.id,
        "object": "file",
        "bytes": file.size,
        "created_at": int(file.created_at),
        "filename": file.name,
        "purpose": _PURPOSES[file.kind],
        "status": "processed",
        "sample_type": _SAMPLE_TYPES[file.kind],
        "source": "upload" if file.kind == "input" else "mistral",
        "num_lines": file.lines,
        "deleted": False,
    }
