"""Gemini's batch jobs and files, as the Developer API has them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ..chat import BadRequestError
from ..forms import GEMINI
from .batch_faults import End
from .calls import Call, RefusedError, Route, Sent, not_found, objects, route
from .job import Invalid, Job, Row
from .store import Batches, StoredFile

_STEPS = ("BATCH_STATE_PENDING", "BATCH_STATE_RUNNING")

_ENDS: dict[End, str] = {
    "completed": "BATCH_STATE_SUCCEEDED",
    "all_failed": "BATCH_STATE_SUCCEEDED",
    "failed": "BATCH_STATE_FAILED",
    "token_limit": "BATCH_STATE_FAILED",
    # This one the client knows by no other name.
    "partial": "JOB_STATE_PARTIALLY_SUCCEEDED",
    "expired": "BATCH_STATE_EXPIRED",
    "cancelled": "BATCH_STATE_CANCELLED",
}

_RPC_CODES = {400: 3, 401: 16, 403: 7, 404: 5, 429: 8, 500: 13, 503: 14, 504: 4}
"""google.rpc.Code, by HTTP status."""


class GeminiBatches:
    """`/v1beta/batches` and `/v1beta/files`."""

    name = "gemini"
    steps = len(_STEPS)
    max_requests = 1_000_000
    max_bytes = 2_000_000_000
    fails_as_whole = True
    has_error_file = False
    # An expired job has no results (ai.google.dev/gemini-api/docs/batch-api, 2026-11). Whether a cancelled one has those of
    # the rows that it had finished is not said there; here it has.
    answers_expired = False

    def __init__(self, batches: Batches) -> None:
        self._batches = batches
        self._uploads: dict[str, _Upload] = {}
        self.routes: list[Route] = [
            route("POST", "/upload/v1beta/files", "upload", self.upload),
            route("GET", "/v1beta/files", "list_files", self.list_files),
            route("GET", "/v1beta/files/{file_id}", "retrieve_file", self.retrieve_file),
            route("DELETE", "/v1beta/files/{file_id}", "delete_file", self.delete_file),
            route("GET", "(?:/download)?/v1beta/files/{file_id}:download", "results", self.download),
            route("POST", "/v1beta/models/{model}:batchGenerateContent", "create", self.create),
            route("GET", "/v1beta/batches", "list", self.list_jobs),
            route("GET", "/v1beta/batches/{job_id}", "retrieve", self.retrieve),
            route("POST", "/v1beta/batches/{job_id}:cancel", "cancel", self.cancel),
        ]

    # Files.

    def upload(self, call: Call) -> Sent:
        commands = [command.strip() for command in call.headers.get("X-Goog-Upload-Command", "").split(",")]
        if "start" in commands:
            return self._start(call)
        upload = self._uploads.get(call.query.get("upload_id", ""))
        if upload is None:
            raise not_found("upload", call.query.get("upload_id", ""))
        offset = int(call.headers.get("X-Goog-Upload-Offset", "0"))
        if offset != upload.size:
            raise BadRequestError(f"The upload is at {upload.size} bytes; the chunk begins at {offset}.")
        with upload.path.open("ab") as file, call.body.open("rb") as chunk:
            while part := chunk.read(1 << 20):
                file.write(part)
        if "finalize" not in commands:
            return Sent(body={}, headers={"X-Goog-Upload-Status": "active"})
        del self._uploads[call.query["upload_id"]]
        files = self._batches.files
        file_id = upload.name or files.new_id()
        stored = files.add(StoredFile(file_id, upload.path, upload.display_name, "input", self._batches.clock()))
        return Sent(body={"file": _file(stored, call)}, headers={"X-Goog-Upload-Status": "final"})

    def _start(self, call: Call) -> Sent:
        if call.headers.get("X-Goog-Upload-Protocol") != "resumable":
            raise BadRequestError("This server takes resumable uploads.")
        described = call.json().get("file") or {}
        name = str(described.get("name") or "").removeprefix("files/")
        if self._batches.files.get(name) is not None:
            raise RefusedError(409, f"File '{name}' already exists.", "ALREADY_EXISTS")
        upload_id = uuid.uuid4().hex
        path = self._batches.files.new_path()
        path.touch()
        self._uploads[upload_id] = _Upload(path, name, str(described.get("displayName") or ""))
        url = f"{call.root}/upload/v1beta/files?upload_id={upload_id}&upload_protocol=resumable"
        return Sent(body={}, headers={"X-Goog-Upload-URL": url, "X-Goog-Upload-Status": "active"})

    def list_files(self, call: Call) -> Sent:
        files, token = self._page(self._batches.files.newest_first(), call, 10, 100)
        return Sent(body={"files": [_file(file, call) for file in files], **token})

    def retrieve_file(self, call: Call, file_id: str) -> Sent:
        return Sent(body=_file(self._file(file_id), call))

    def delete_file(self, call: Call, file_id: str) -> Sent:  # noqa: ARG002
        self._file(file_id)
        self._batches.files.delete(file_id)
        return Sent(body={})

    def download(self, call: Call, file_id: str) -> Sent:  # noqa: ARG002
        file = self._file(file_id)
        if file.kind == "input":
            raise BadRequestError("Only generated files can be downloaded.")
        return Sent(file=file.path)

    def _file(self, file_id: str) -> StoredFile:
        file = self._batches.files.get(file_id)
        if file is None:
            raise not_found("file", file_id)
        return file

    # Jobs.

    def create(self, call: Call, model: str) -> Sent:
        batch = call.json().get("batch") or {}
        given = batch.get("inputConfig") or {}
        inline = (given.get("requests") or {}).get("requests")
        if (given.get("fileName") is None) == (inline is None):
            raise BadRequestError("batch.input_config: exactly one of file_name and requests must be set.")
        file_id = None
        if inline is None:
            file_id = str(given["fileName"]).removeprefix("files/")
            path = self._file(file_id).path
        else:
            path = self._batches.files.new_path()
            with path.open("w", encoding="utf-8") as file:
                file.writelines(json.dumps(request) + "\n" for request in inline)
        with self._batches.lock:
            job = Job(
                id=f"batches/{uuid.uuid4().hex}",
                api=self,
                number=self._batches.next_number(),
                created_at=self._batches.clock(),
                input=path,
                form=GEMINI,
                model=model,
                input_file_id=file_id,
                is_inline=inline is not None,
                label=batch.get("displayName"),
            )
            return Sent(body=self._shown(self._batches.add(job)))

    def list_jobs(self, call: Call) -> Sent:
        with self._batches.lock:
            listed = self._batches.listed(self, is_first_page=not call.query.get("pageToken"))
            jobs, token = self._page(listed, call, 50, 1000)
            return Sent(body={"operations": [self._shown(job) for job in jobs], **token})

    def retrieve(self, call: Call, job_id: str) -> Sent:  # noqa: ARG002
        job = self._batches.find(self, f"batches/{job_id}")
        if job is None:
            raise not_found("batch", f"batches/{job_id}")
        self._batches.poll(job)
        return Sent(body=self._shown(job))

    def cancel(self, call: Call, job_id: str) -> Sent:  # noqa: ARG002
        job = self._batches.known(self, f"batches/{job_id}")
        if job is None:
            raise not_found("batch", f"batches/{job_id}")
        self._batches.cancel(job)
        return Sent(body={})

    def _page(self, things: list[Any], call: Call, default: int, most: int) -> tuple[list[Any], dict[str, str]]:
        size, start = call.number("pageSize", default, most), int(call.query.get("pageToken") or 0)
        has_more = start + size < len(things)
        return things[start : start + size], {"nextPageToken": str(start + size)} if has_more else {}

    def _shown(self, job: Job) -> dict[str, Any]:
        counts = job.counts
        metadata: dict[str, Any] = {
            "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
            "model": f"models/{job.model}",
            "displayName": job.label,
            "state": self.state(job),
            "createTime": _time(job.created_at),
            "updateTime": _time(job.ended_at or job.created_at),
            "name": job.id,
            "batchStats": {
                "requestCount": str(job.total),
                "successfulRequestCount": str(counts.succeeded),
                "failedRequestCount": str(counts.failed),
                "pendingRequestCount": str(job.total - counts.succeeded - counts.failed),
            },
        }
        shown: dict[str, Any] = {"name": job.id, "metadata": metadata}
        if job.ended_at is None:
            return shown
        shown["done"] = True
        metadata["endTime"] = _time(job.ended_at)
        if job.failed_as_whole:
            is_limit = job.end == "token_limit"
            shown["error"] = {"code": 8 if is_limit else 3, "message": job.invalid[0].message}
        file = self._batches.files.get(job.output_id)
        if file is not None:
            metadata["output"] = _inlined(file) if job.is_inline else {"responsesFile": f"files/{file.id}"}
            shown["response"] = metadata["output"]
        return shown

    # The life of a job.

    def state(self, job: Job) -> str:
        return _STEPS[job.step] if job.end is None else _ENDS[job.end]

    def rows(self, job: Job) -> Iterator[Row | Invalid]:
        for number, line in objects(job.input):
            if isinstance(line, Invalid):
                yield line
            elif not isinstance(line.get("request"), dict):
                yield Invalid("invalid_argument", f"Line {number} has no request.", number)
            elif job.is_inline:
                yield Row(str(number), line["request"], job.model, line.get("metadata") or {})
            else:
                yield Row(str(line.get("key", number)), line["request"], job.model)

    def succeeded(self, row: Row, response: dict[str, Any], number: int) -> dict[str, Any]:  # noqa: ARG002
        return {**_key(row), "response": response}

    def errored(self, row: Row, status: int, error: dict[str, Any], number: int) -> dict[str, Any]:  # noqa: ARG002
        return {**_key(row), "error": {"code": _RPC_CODES.get(status, 2), "message": error["error"]["message"]}}

    def unanswered(self, row: Row, end: End) -> dict[str, Any] | None:  # noqa: ARG002
        return None


class _Upload:
    """A file that is being uploaded."""

    def __init__(self, path: Path, name: str, display_name: str) -> None:
        self.path = path
        self.name = name
        self.display_name = display_name

    @property
    def size(self) -> int:
        return self.path.stat().st_size


def _key(row: Row) -> dict[str, Any]:
    return {"key": row.custom_id} if row.metadata is None else {"metadata": row.metadata}


def _inlined(file: StoredFile) -> dict[str, Any]:
    lines = [line for _, line in objects(file.path) if isinstance(line, dict)]
    return {"inlinedResponses": {"inlinedResponses": lines}}


def _file(file: StoredFile, call: Call) -> dict[str, Any]:
    uri = f"{call.root}/v1beta/files/{file.id}"
    shown = {
        "name": f"files/{file.id}",
        "displayName": file.name,
        "mimeType": "application/jsonl",
        "sizeBytes": str(file.size),
        "createTime": _time(file.created_at),
        "updateTime": _time(file.created_at),
        "uri": uri,
        "state": "ACTIVE",
        "source": "UPLOADED" if file.kind == "input" else "GENERATED",
    }
    return shown if file.kind == "input" else {**shown, "downloadUri": f"{uri}:download?alt=media"}


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat().replace("+00:00", "Z")
