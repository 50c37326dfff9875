"""Mistral's batch jobs, through Mistral's client."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mistralai.client")
from mistralai.client.errors import MistralError

from dbt_llm.engines.batch.provider import BatchNotFoundError, BatchRejectedError, BatchResult, BatchState, Discovery
from dbt_llm.engines.batch.providers.mistral import MistralBatches
from tests.support.batches import (
    BATCH_KEY,
    BODY,
    NOW,
    Answer,
    Asked,
    Loopback,
    check_create,
    collect,
    held_back,
    input_file,
    intent,
    jsonl,
    request_key,
)

LABEL = {"dbt_llm_batch_key": BATCH_KEY}


def job(job_id: str = "j1", **more: Any) -> dict[str, Any]:
    return {
        "id": job_id,
        "object": "batch",
        "input_files": ["file-1"],
        "endpoint": "/v1/chat/completions",
        "errors": [],
        "status": "QUEUED",
        "created_at": int(NOW),
        "total_requests": 2,
        "completed_requests": 0,
        "succeeded_requests": 0,
        "failed_requests": 0,
        "metadata": LABEL,
        **more,
    }


def refused(status: int, message: str = "no") -> Answer:
    return Answer({"message": message, "object": "error"}, status)


class Api:
    """Files and batch jobs, as far as a test needs them. An answer in `answers` goes before."""

    def __init__(self) -> None:
        self.jobs: list[dict[str, Any]] = []
        self.files: dict[str, Answer] = {}
        self.answers: dict[str, Answer] = {}
        self.page = 100

    def __call__(self, asked: Asked) -> Answer:
        path = asked.path.removeprefix("/v1")
        if f"{asked.method} {path}" in self.answers:
            return self.answers[f"{asked.method} {path}"]
        if asked.method == "POST" and path == "/files":
            about = {"object": "file", "bytes": 1, "created_at": 1, "filename": "f", "purpose": "batch"}
            return Answer({"id": "file-1", "sample_type": "batch_request", "source": "upload", **about})
        if asked.method == "POST" and path == "/batch/jobs":
            return Answer(job())
        if path.endswith("/content"):
            return self.files.get(path.split("/")[2], refused(404))
        if path == "/batch/jobs":
            start = int(asked.query["page"]) * self.page
            return Answer({"object": "list", "data": self.jobs[start : start + self.page], "total": len(self.jobs)})
        found = [entry for entry in self.jobs if path.split("/")[3] == entry["id"]]
        return Answer(found[0]) if found else refused(404)


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def server(api: Api) -> Iterator[Loopback]:
    with Loopback(api) as running:
        yield running


@pytest.fixture
def provider(server: Loopback) -> MistralBatches:
    return MistralBatches(api_key="sk-mistral", model_name="mistral-tiny", base_url=server.url, timeout_hours=48)


def test_a_job_is_made_of_an_uploaded_file_and_labelled(provider: MistralBatches, server: Loopback, tmp_path: Path) -> None:
    file = input_file(provider, tmp_path)
    input_id = provider.upload(intent(), file)
    assert provider.create(intent(input_id=input_id), file) == "j1"
    [upload] = server.calls("POST", "/files")
    assert file.read_bytes() in upload.body and b'name="purpose"\r\n\r\nbatch\r\n' in upload.body
    assert upload.headers["Authorization"] == "Bearer sk-mistral"
    [create] = server.calls("POST", "/jobs")
    assert create.json() == {
        "endpoint": "/v1/chat/completions",
        "input_files": ["file-1"],
        "model": "mistral-tiny",
        "metadata": LABEL,
        "timeout_hours": 48,
    }
    lines = [json.loads(line) for line in file.read_bytes().split(b"\n")[:-1]]
    assert lines == [{"custom_id": request_key(n), "body": BODY} for n in range(2)]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (refused(400), "refused"),
        (refused(401), "refused"),
        (Answer({"detail": [{"loc": ["body"], "msg": "bad", "type": "value_error"}]}, 422), "refused"),
        (refused(429), "throttled"),
        (refused(408), "unknown"),
        (refused(500), "unknown"),
        (refused(503), "unknown"),
        (Answer(drop=True), "unknown"),
        (Answer(b"<html></html>", headers={"Content-Type": "text/html"}), "unknown"),
        (Answer({"object": "batch"}), "unknown"),
    ],
)
def test_a_failed_create_is_a_refusal_or_tells_nothing(
    provider: MistralBatches, server: Loopback, api: Api, tmp_path: Path, answer: Answer, outcome: str
) -> None:
    api.answers["POST /batch/jobs"] = answer
    check_create(server, provider, input_file(provider, tmp_path), "/jobs", outcome, input_id="file-1")


def test_a_refusal_says_why(provider: MistralBatches, api: Api, tmp_path: Path) -> None:
    api.answers["POST /files"] = refused(401, "Unauthorized: sk-mistral")
    with pytest.raises(BatchRejectedError, match=r"^Unauthorized: … \(status 401\)$"):
        provider.upload(intent(), input_file(provider, tmp_path))


def test_a_job_is_found_by_its_file_else_by_its_label(provider: MistralBatches, server: Loopback, api: Api) -> None:
    api.page = 2
    api.jobs = [job(f"j{n}", input_files=[f"file-{n}"], metadata=None) for n in range(7)]
    assert provider.find(intent(input_id="file-5")) == "j5"
    assert [asked.query["page"] for asked in server.asked] == ["0", "1", "2"]
    api.jobs = [
        job("other", metadata={}),
        job("newest", created_at=int(NOW) + 5),
        job("before"),
        job("known", created_at=int(NOW) + 9),
    ]
    assert provider.find(intent(known_ids=frozenset({"known"}))) == "newest"


def test_the_list_is_read_back_to_before_the_intent(provider: MistralBatches, server: Loopback, api: Api) -> None:
    api.page = 2
    api.jobs = [job(f"j{n}", metadata={}) for n in range(2)]
    api.jobs += [job(f"old{n}", created_at=int(NOW) - 7200) for n in range(8)]
    assert provider.find(intent()) is Discovery.ABSENT
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html></html>", headers={"Content-Type": "text/html"}),
        Answer({"message": "welcome"}),
        Answer({"object": "list", "total": 3}),
        refused(500),
        refused(404),
        Answer(drop=True),
    ],
)
def test_a_list_that_cannot_be_read_is_no_evidence_of_absence(provider: MistralBatches, api: Api, answer: Answer) -> None:
    """The third says that there are jobs, and shows none."""
    api.answers["GET /batch/jobs"] = answer
    with pytest.raises(Exception) as caught:  # noqa: PT011
        provider.find(intent())
    assert not isinstance(caught.value, AssertionError)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("QUEUED", BatchState.QUEUED),
        ("RUNNING", BatchState.RUNNING),
        ("CANCELLATION_REQUESTED", BatchState.RUNNING),
        ("SUCCESS", BatchState.COMPLETED),
        ("FAILED", BatchState.FAILED),
        ("TIMEOUT_EXCEEDED", BatchState.EXPIRED),
        ("CANCELLED", BatchState.CANCELLED),
        ("BRAND_NEW", BatchState.RUNNING),
    ],
)
def test_states(provider: MistralBatches, api: Api, said: str, state: BatchState) -> None:
    api.jobs = [job(status=said, total_requests=5, succeeded_requests=3, failed_requests=1)]
    status = provider.status("j1")
    assert (status.state, status.total, status.succeeded, status.failed) == (state, 5, 3, 1)
    assert status.message == ("the provider says 'BRAND_NEW'" if said == "BRAND_NEW" else None)


def test_why_a_job_failed_as_a_whole(provider: MistralBatches, api: Api) -> None:
    api.jobs = [job(status="FAILED", errors=[{"message": "bad line", "count": 3}, {"message": "no model"}])]
    assert provider.status("j1").message == "bad line; no model"
    assert collect(provider, "j1") == []


def test_a_job_that_is_not_found(provider: MistralBatches, api: Api) -> None:
    with pytest.raises(BatchNotFoundError):
        provider.status("j9")
    api.answers["GET /batch/jobs/j9"] = refused(500)
    with pytest.raises(MistralError):
        provider.status("j9")
    api.jobs = [job(status="SUCCESS", output_file="file-gone")]
    with pytest.raises(BatchNotFoundError, match="file-gone of j1"):
        collect(provider, "j1")


def test_results_of_both_files(provider: MistralBatches, api: Api) -> None:
    api.jobs = [job(status="TIMEOUT_EXCEEDED", output_file="file-out", error_file="file-err")]
    body = {"choices": [{"message": {"content": "a\u2028b"}}]}
    api.files["file-out"] = Answer(
        jsonl({"id": "x", "custom_id": "a", "response": {"status_code": 200, "body": body}, "error": None}, b"{no json}")
    )
    api.files["file-err"] = Answer(jsonl({"custom_id": "b", "response": {"status_code": 422, "body": {"detail": "bad"}}}))
    assert collect(provider, "j1") == [
        BatchResult("a", 200, body),
        BatchResult("", ended="error", message="line 2 of the results is no JSON (9 bytes)"),
        BatchResult("b", 422, {"detail": "bad"}),
    ]


def test_results_are_streamed(provider: MistralBatches, api: Api) -> None:
    row = {"custom_id": "a", "response": {"status_code": 200, "body": {}}}
    read = threading.Event()
    api.jobs = [job(status="SUCCESS", output_file="file-out")]
    api.files["file-out"] = Answer(pieces=held_back(jsonl(row), jsonl(row) * 1000, read))
    results = provider.results("j1", provider.status("j1"))
    assert next(results).custom_id == "a"
    read.set()
    assert sum(1 for _ in results) == 1000


def test_cancel_and_the_jobs_that_are_open(provider: MistralBatches, server: Loopback, api: Api) -> None:
    api.answers["POST /batch/jobs/j1/cancel"] = Answer(job("j1", status="CANCELLATION_REQUESTED"))
    provider.cancel("j1")
    assert [asked.path for asked in server.asked] == ["/v1/batch/jobs/j1/cancel"]
    api.jobs = [job("j1", status="RUNNING"), job("j2", status="SUCCESS"), job("j3")]
    assert [name for name, _ in provider.open_jobs()] == ["j1", "j3"]
