"""Mistral's batch jobs."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ..chat import BadRequestError
from ..forms import MISTRAL_CHAT, MISTRAL_EMBEDDINGS
from .batch_faults import End
from .calls import Call, Route, Sent, not_found, objects, route
from .job import Invalid, Job, Row
from .store import Batches

_STEPS = ("QUEUED", "RUNNING")

_ENDS: dict[End, str] = {
    "completed": "SUCCESS",
    "all_failed": "SUCCESS",
    "failed": "FAILED",
    "token_limit": "FAILED",
    "partial": "TIMEOUT_EXCEEDED",
    "expired": "TIMEOUT_EXCEEDED",
    "cancelled": "CANCELLED",
}

_ENDPOINTS = {"/v1/chat/completions": MISTRAL_CHAT, "/v1/embeddings": MISTRAL_EMBEDDINGS}

_QUERY = {"page", "page_size", "model", "agent_id", "created_after", "created_by_me", "status", "order_by"}


class MistralBatches:
    """`/v1/batch/jobs`."""

    name = "mistral"
    steps = len(_STEPS)
    max_requests = 1_000_000
    max_bytes = 2_000_000_000
    fails_as_whole = True
    has_error_file = True
    answers_expired = True

    def __init__(self, batches: Batches, prefixes: tuple[str, ...]) -> None:
        self._batches = batches
        self.routes: list[Route] = [
            one
            for prefix in prefixes
            for one in (
                route("POST", f"{prefix}/v1/batch/jobs", "create", self.create),
                route("GET", f"{prefix}/v1/batch/jobs", "list", self.list_jobs),
                route("GET", f"{prefix}/v1/batch/jobs/{{job_id}}", "retrieve", self.retrieve),
                route("POST", f"{prefix}/v1/batch/jobs/{{job_id}}/cancel", "cancel", self.cancel),
            )
        ]

    # Calls.

    def create(self, call: Call) -> Sent:
        body = call.json()
        endpoint = body.get("endpoint", "")
        if endpoint not in _ENDPOINTS:
            raise BadRequestError(f"endpoint: this server's batches take {sorted(_ENDPOINTS)}; got '{endpoint}'.")
        file_ids, requests = body.get("input_files") or [], body.get("requests") or []
        if bool(file_ids) == bool(requests):
            raise BadRequestError("Exactly one of input_files and requests must be given.")
        if len(file_ids) > 1:
            raise BadRequestError("input_files: this server takes one file.")
        files = self._batches.files
        if requests:
            path = files.new_path()
            with path.open("w", encoding="utf-8") as written:
                written.writelines(json.dumps(request) + "\n" for request in requests)
        else:
            file = files.get(file_ids[0])
            if file is None:
                raise not_found("file", file_ids[0])
            path = file.path
        with self._batches.lock:
            job = Job(
                id=str(uuid.uuid4()),
                api=self,
                number=self._batches.next_number(),
                created_at=self._batches.clock(),
                input=path,
                form=_ENDPOINTS[endpoint],
                model=body.get("model") or "",
                input_file_id=file_ids[0] if file_ids else None,
                endpoint=endpoint,
                is_inline=bool(requests),
                label=body.get("metadata"),
            )
            return Sent(body=self._shown(self._batches.add(job)))

    def list_jobs(self, call: Call) -> Sent:
        page, size = int(call.query.get("page", "0")), call.number("page_size", 100, 1000)
        with self._batches.lock:
            jobs = [job for job in self._batches.listed(self, is_first_page=page == 0) if self._is_wanted(job, call)]
            if call.query.get("order_by") == "created":
                jobs.reverse()
            shown = [self._shown(job) for job in jobs[page * size : (page + 1) * size]]
        return Sent(body={"object": "list", "data": shown, "total": len(jobs)})

    def retrieve(self, call: Call, job_id: str) -> Sent:
        job = self._batches.find(self, job_id)
        if job is None:
            raise not_found("batch job", job_id)
        self._batches.poll(job)
        shown = self._shown(job)
        file = self._batches.files.get(job.output_id)
        if call.query.get("inline", "").lower() == "true" and file is not None:
            shown["outputs"] = [line for _, line in objects(file.path) if isinstance(line, dict)]
        return Sent(body=shown)

    def cancel(self, call: Call, job_id: str) -> Sent:  # noqa: ARG002
        job = self._batches.known(self, job_id)
        if job is None:
            raise not_found("batch job", job_id)
        self._batches.cancel(job)
        return Sent(body=self._shown(job))

    def _is_wanted(self, job: Job, call: Call) -> bool:
        query = call.query
        # The official client sends each pair of the metadata as a parameter of its own.
        wanted = {name: value for name, value in query.items() if name not in _QUERY}
        label = job.label or {}
        after = query.get("created_after")
        states = query.getall("status") if "status" in query and hasattr(query, "getall") else []
        return (
            all(label.get(name) == value for name, value in wanted.items())
            and query.get("model") in (None, "", job.model)
            and (not after or job.created_at > datetime.fromisoformat(after.replace("Z", "+00:00")).timestamp())
            and (not states or self.state(job) in states)
        )

    def _shown(self, job: Job) -> dict[str, Any]:
        counts = job.counts
        return {
            "id": job.id,
            "object": "batch",
            "input_files": [job.input_file_id] if job.input_file_id else [],
            "metadata": job.label,
            "endpoint": job.endpoint,
            "model": job.model or None,
            "output_file": job.output_id,
            "error_file": job.error_id,
            "errors": [{"message": one.message, "count": 1} for one in job.invalid] if job.failed_as_whole else [],
            "status": self.state(job),
            "created_at": int(job.created_at),
            "started_at": int(job.created_at) if job.step or job.end else None,
            "completed_at": int(job.ended_at) if job.ended_at is not None else None,
            "total_requests": job.total,
            "completed_requests": counts.succeeded + counts.failed,
            "succeeded_requests": counts.succeeded,
            "failed_requests": counts.failed,
        }

    # The life of a job.

    def state(self, job: Job) -> str:
        if job.end is not None:
            return _ENDS[job.end]
        return "CANCELLATION_REQUESTED" if job.cancel_at is not None else _STEPS[job.step]

    def rows(self, job: Job) -> Iterator[Row | Invalid]:
        for number, line in objects(job.input):
            if isinstance(line, Invalid):
                yield line
            elif not isinstance(line.get("body"), dict):
                yield Invalid("missing_body", f"Line {number} has no body.", number)
            else:
                body = {"model": job.model, **line["body"]} if job.model else line["body"]
                yield Row(str(line.get("custom_id") or number), body)

    def succeeded(self, row: Row, response: dict[str, Any], number: int) -> dict[str, Any]:
        return _line(row, 200, response, number)

    def errored(self, row: Row, status: int, error: dict[str, Any], number: int) -> dict[str, Any]:
        return {**_line(row, status, error, number), "error": error}

    def unanswered(self, row: Row, end: End) -> dict[str, Any] | None:  # noqa: ARG002
        return None


def _line(row: Row, status: int, body: dict[str, Any], number: int) -> dict[str, Any]:
    response = {"status_code": status, "body": body}
    return {"id": f"{number}", "custom_id": row.custom_id, "response": response, "error": None}
