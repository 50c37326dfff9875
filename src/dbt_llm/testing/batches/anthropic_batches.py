"""Anthropic's message batches."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ..chat import BadRequestError
from ..forms import ANTHROPIC_MESSAGES
from .batch_faults import End
from .calls import Call, RefusedError, Route, Sent, elements, not_found, objects, route
from .job import Invalid, Job, Row
from .store import Batches

_CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class AnthropicBatches:
    """`/v1/messages/batches`."""

    name = "anthropic"
    steps = 1
    max_requests = 100_000
    max_bytes = 256_000_000
    # Parameters are validated row by row, after the creation.
    fails_as_whole = False
    has_error_file = False
    answers_expired = True

    def __init__(self, batches: Batches) -> None:
        self._batches = batches
        path = "/v1/messages/batches"
        self.routes: list[Route] = [
            route("POST", path, "create", self.create),
            route("GET", path, "list", self.list_jobs),
            route("GET", f"{path}/{{job_id}}", "retrieve", self.retrieve),
            route("POST", f"{path}/{{job_id}}/cancel", "cancel", self.cancel),
            route("GET", f"{path}/{{job_id}}/results", "results", self.results),
        ]

    # Calls.

    def create(self, call: Call) -> Sent:
        requests, bytes_ = self._batches.limits(self)
        size = call.body.stat().st_size
        if size > bytes_:
            raise RefusedError(413, f"Request exceeds the maximum size: {size:,} bytes; the limit is {bytes_:,}.")
        path = self._batches.files.new_path()
        try:
            _unpack(call.body, path, requests)
        except BadRequestError:
            path.unlink(missing_ok=True)
            raise
        with self._batches.lock:
            job = Job(
                id=f"msgbatch_{uuid.uuid4().hex[:24]}",
                api=self,
                number=self._batches.next_number(),
                created_at=self._batches.clock(),
                input=path,
                form=ANTHROPIC_MESSAGES,
            )
            return Sent(body=self._shown(self._batches.add(job), call))

    def list_jobs(self, call: Call) -> Sent:
        limit, after, before = call.number("limit", 20, 1000), call.query.get("after_id"), call.query.get("before_id")
        with self._batches.lock:
            jobs = self._batches.listed(self, is_first_page=not after and not before)
            ids = [job.id for job in jobs]
            start, stop = 0, len(jobs)
            if after in ids:
                start = ids.index(after) + 1
            elif before in ids:
                stop = ids.index(before)
                start = max(0, stop - limit)
            page = [self._shown(job, call) for job in jobs[start : min(stop, start + limit)]]
            has_more = start > 0 if before else start + limit < len(jobs)
        return Sent(
            body={
                "data": page,
                "has_more": has_more,
                "first_id": page[0]["id"] if page else None,
                "last_id": page[-1]["id"] if page else None,
            }
        )

    def retrieve(self, call: Call, job_id: str) -> Sent:
        job = self._batches.find(self, job_id)
        if job is None:
            raise not_found("message batch", job_id)
        self._batches.poll(job)
        return Sent(body=self._shown(job, call))

    def cancel(self, call: Call, job_id: str) -> Sent:
        job = self._batches.known(self, job_id)
        if job is None:
            raise not_found("message batch", job_id)
        self._batches.cancel(job)
        return Sent(body=self._shown(job, call))

    def results(self, call: Call, job_id: str) -> Sent:  # noqa: ARG002
        job = self._batches.find(self, job_id)
        if job is None:
            raise not_found("message batch", job_id)
        file = self._batches.files.get(job.output_id)
        if job.end is None:
            raise not_found("results of the message batch that is in progress", job_id)
        # Where every line was lost, there is no file.
        return Sent(file=file.path if file is not None else None)

    def _shown(self, job: Job, call: Call) -> dict[str, Any]:
        counts, is_cancelled = job.counts, job.end == "cancelled"
        return {
            "id": job.id,
            "type": "message_batch",
            "processing_status": self.state(job),
            "request_counts": {
                "processing": 0 if job.end else job.total,
                "succeeded": counts.succeeded,
                "errored": counts.failed,
                "canceled": counts.unanswered if is_cancelled else 0,
                "expired": 0 if is_cancelled else counts.unanswered,
            },
            "created_at": _time(job.created_at),
            "expires_at": _time(job.created_at + 86_400),
            "ended_at": None if job.ended_at is None else _time(job.ended_at),
            "cancel_initiated_at": None if job.cancel_at is None else _time(job.cancel_at),
            "archived_at": None,
            "results_url": f"{call.root}/v1/messages/batches/{job.id}/results" if job.end else None,
        }

    # The life of a job.

    def state(self, job: Job) -> str:
        if job.end is not None:
            return "ended"
        return "canceling" if job.cancel_at is not None else "in_progress"

    def rows(self, job: Job) -> Iterator[Row | Invalid]:
        for _, line in objects(job.input):
            # What was unpacked is known to be in order.
            yield line if isinstance(line, Invalid) else Row(line["custom_id"], line["params"])

    def succeeded(self, row: Row, response: dict[str, Any], number: int) -> dict[str, Any]:  # noqa: ARG002
        response["usage"]["service_tier"] = "batch"
        return {"custom_id": row.custom_id, "result": {"type": "succeeded", "message": response}}

    def errored(self, row: Row, status: int, error: dict[str, Any], number: int) -> dict[str, Any]:  # noqa: ARG002
        return {"custom_id": row.custom_id, "result": {"type": "errored", "error": error}}

    def unanswered(self, row: Row, end: End) -> dict[str, Any] | None:
        return {"custom_id": row.custom_id, "result": {"type": "canceled" if end == "cancelled" else "expired"}}


def _unpack(body: Path, target: Path, most: int) -> None:
    """Write the requests of a create as lines, one by one; raise `BadRequestError` where one is wrong."""
    seen: set[str] = set()
    with target.open("w", encoding="utf-8") as file:
        for number, request in enumerate(elements(body, "requests")):
            custom_id = request.get("custom_id") if isinstance(request, dict) else None
            if not isinstance(custom_id, str) or not _CUSTOM_ID.fullmatch(custom_id):
                pattern = f"^{_CUSTOM_ID.pattern}$"
                raise BadRequestError(f"requests.{number}.custom_id: String should match pattern '{pattern}'")
            if custom_id in seen:
                raise BadRequestError(f"requests.{number}.custom_id: Duplicate custom_id '{custom_id}'")
            if not isinstance(request.get("params"), dict):
                raise BadRequestError(f"requests.{number}.params: Field required")
            if number >= most:
                raise BadRequestError(f"requests: at most {most:,} requests in a batch")
            seen.add(custom_id)
            file.write(json.dumps(request) + "\n")
    if not seen:
        raise BadRequestError("requests: List should have at least 1 item")


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat().replace("+00:00", "Z")
