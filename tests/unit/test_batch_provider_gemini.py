"""Batch jobs of the Gemini Developer API, through Google's client."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("google.genai")
from google.genai import errors

from dbt_llm.engines.batch.provider import (
    BatchNotFoundError,
    BatchResult,
    BatchState,
    BatchStatus,
    Discovery,
    UnreadableAnswerError,
)
from dbt_llm.engines.batch.providers import gemini
from dbt_llm.engines.batch.providers.gemini import GeminiBatches
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

NAME = f"dbt-llm-{BATCH_KEY}"
RESPONSE = {"candidates": [{"content": {"parts": [{"text": "a\u2028b"}]}}]}
CREATE = ":batchGenerateContent"


def job(name: str = "b1", state: str = "BATCH_STATE_PENDING", **more: Any) -> dict[str, Any]:
    metadata = {"displayName": NAME, "state": state, "createTime": at(NOW), "model": "models/tiny", **more}
    return {"name": f"batches/{name}", "metadata": metadata}


def at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat().replace("+00:00", "Z")


def refused(status: int, word: str = "INVALID_ARGUMENT") -> Answer:
    return Answer({"error": {"code": status, "message": "no", "status": word}}, status)


class Api:
    """Files and batch jobs, as far as a test needs them. An answer in `answers` goes before."""

    def __init__(self) -> None:
        self.jobs: list[dict[str, Any]] = []
        self.files: dict[str, Answer] = {}
        self.answers: dict[str, Answer] = {}
        self.page = 100

    def __call__(self, asked: Asked) -> Answer:
        path = asked.path.removeprefix("/v1beta/")
        if f"{asked.method} {path}" in self.answers:
            return self.answers[f"{asked.method} {path}"]
        if path == "/upload/v1beta/files":
            if "upload_id" in asked.query:
                return Answer({"file": {"name": "files/in"}}, headers={"x-goog-upload-status": "final"})
            url = f"http://{asked.headers['Host']}/upload/v1beta/files?upload_id=1"
            return Answer({}, headers={"x-goog-upload-url": url, "x-goog-upload-status": "active"})
        if path.endswith(CREATE):
            return Answer(job())
        if path.endswith(":download"):
            return self.files.get(path.removesuffix(":download"), refused(404, "NOT_FOUND"))
        if path == "batches":
            start = int(asked.query.get("pageToken", 0))
            answer: dict[str, Any] = {"operations": self.jobs[start : start + self.page]}
            if start + self.page < len(self.jobs):
                answer["nextPageToken"] = str(start + self.page)
            return Answer(answer)
        found = [entry for entry in self.jobs if path == entry["name"]]
        return Answer(found[0]) if found else refused(404, "NOT_FOUND")


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def server(api: Api) -> Iterator[Loopback]:
    with Loopback(api) as running:
        yield running


@pytest.fixture
def provider(server: Loopback) -> GeminiBatches:
    return GeminiBatches(api_key="AIza", model_name="gemini-tiny", base_url=server.url)


def test_a_job_is_made_of_an_uploaded_file_and_named(
    provider: GeminiBatches, server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = input_file(provider, tmp_path)
    assert provider.upload(intent(), file) == "files/in"
    assert provider.create(intent(input_id="files/in"), file) == "batches/b1"
    begin, upload, create = server.asked
    assert begin.json()["file"]["mime_type"] == "jsonl" and begin.json()["file"]["display_name"] == NAME
    assert upload.body == file.read_bytes()
    assert create.path == "/v1beta/models/gemini-tiny:batchGenerateContent"
    assert create.headers["x-goog-api-key"] == "AIza"
    assert create.json() == {"batch": {"displayName": NAME, "inputConfig": {"fileName": "files/in"}}}
    lines = [json.loads(line) for line in file.read_bytes().split(b"\n")[:-1]]
    assert lines == [{"key": request_key(n), "request": BODY} for n in range(2)]


def test_the_environment_makes_no_client_of_vertex(server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "somebody-s")
    provider = GeminiBatches(api_key="AIza", model_name="gemini-tiny", base_url=server.url)
    assert provider.create(intent(input_id="files/in"), tmp_path) == "batches/b1"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (refused(400), "refused"),
        (refused(403, "PERMISSION_DENIED"), "refused"),
        (refused(404, "NOT_FOUND"), "refused"),
        (refused(429, "RESOURCE_EXHAUSTED"), "throttled"),
        (refused(409, "ABORTED"), "unknown"),
        (refused(500, "INTERNAL"), "unknown"),
        (refused(503, "UNAVAILABLE"), "unknown"),
        (Answer(drop=True), "unknown"),
        (Answer(b"<html></html>", headers={"Content-Type": "text/html"}), "unknown"),
        (Answer({}), "unknown"),
    ],
)
def test_a_failed_create_is_a_refusal_or_tells_nothing(
    provider: GeminiBatches, server: Loopback, api: Api, tmp_path: Path, answer: Answer, outcome: str
) -> None:
    api.answers[f"POST models/gemini-tiny{CREATE}"] = answer
    check_create(server, provider, input_file(provider, tmp_path), CREATE, outcome, input_id="files/in")


def test_a_job_is_found_by_its_name_in_the_whole_list(provider: GeminiBatches, server: Loopback, api: Api) -> None:
    api.page = 2
    api.jobs = [job(f"o{n}", displayName="other", createTime=at(NOW - 90_000)) for n in range(4)]
    api.jobs += [job("old", createTime=at(NOW - 7200)), job("first"), job("newest", createTime=at(NOW + 5)), job("known")]
    assert provider.find(intent(known_ids=frozenset({"batches/known"}))) == "batches/newest"
    assert len(server.asked) == 4, "the list's order is not promised"
    api.jobs = api.jobs[:5]
    assert provider.find(intent()) is Discovery.ABSENT


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html></html>", headers={"Content-Type": "text/html"}),
        Answer({"operations": [], "nextPageToken": "again"}),
        refused(500, "INTERNAL"),
        refused(404, "NOT_FOUND"),
        Answer(drop=True),
    ],
)
def test_a_list_that_cannot_be_read_is_no_evidence_of_absence(
    provider: GeminiBatches, api: Api, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second is a list without an end."""
    monkeypatch.setattr(gemini, "_MOST_PAGES", 3)
    api.answers["GET batches"] = answer
    with pytest.raises(Exception) as caught:  # noqa: PT011
        provider.find(intent())
    assert not isinstance(caught.value, AssertionError)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("BATCH_STATE_PENDING", BatchState.QUEUED),
        ("JOB_STATE_QUEUED", BatchState.QUEUED),
        ("BATCH_STATE_RUNNING", BatchState.RUNNING),
        ("JOB_STATE_CANCELLING", BatchState.RUNNING),
        ("BATCH_STATE_SUCCEEDED", BatchState.COMPLETED),
        ("JOB_STATE_PARTIALLY_SUCCEEDED", BatchState.COMPLETED),
        ("BATCH_STATE_PARTIALLY_SUCCEEDED", BatchState.COMPLETED),
        ("BATCH_STATE_FAILED", BatchState.FAILED),
        ("BATCH_STATE_EXPIRED", BatchState.EXPIRED),
        ("BATCH_STATE_CANCELLED", BatchState.CANCELLED),
        ("JOB_STATE_BRAND_NEW", BatchState.RUNNING),
    ],
)
@pytest.mark.filterwarnings("ignore:JOB_STATE_BRAND_NEW is not a valid", "ignore:BATCH_STATE_PARTIALLY_SUCCEEDED is not")
def test_states(provider: GeminiBatches, api: Api, word: str, state: BatchState) -> None:
    api.jobs = [job(state=word)]
    status = provider.status("batches/b1")
    assert status.state is state
    assert status.message == ("the provider says 'JOB_STATE_BRAND_NEW'" if "NEW" in word else None)


@pytest.mark.parametrize(
    ("error", "message", "is_throttled"),
    [
        ({"code": 8, "message": "Enqueued tokens\nexceeded"}, "Enqueued tokens exceeded", True),
        ({"code": 3, "message": "bad file"}, "bad file", False),
        (None, None, False),
    ],
)
def test_why_a_job_failed_as_a_whole(
    provider: GeminiBatches, api: Api, error: dict[str, Any] | None, message: str | None, is_throttled: bool
) -> None:
    api.jobs = [{**job(state="BATCH_STATE_FAILED"), **({"done": True, "error": error} if error else {})}]
    status = provider.status("batches/b1")
    assert (status.state, status.message, status.is_throttled) == (BatchState.FAILED, message, is_throttled)


def test_a_job_that_is_not_found(provider: GeminiBatches, api: Api) -> None:
    with pytest.raises(BatchNotFoundError):
        provider.status("batches/b9")
    api.answers["GET batches/b9"] = refused(500, "INTERNAL")
    with pytest.raises(errors.APIError):
        provider.status("batches/b9")
    api.answers["GET batches/b9"] = Answer({})
    with pytest.raises(UnreadableAnswerError):
        provider.status("batches/b9")
    api.jobs = [job(state="BATCH_STATE_SUCCEEDED", output={"responsesFile": "files/gone"})]
    with pytest.raises(BatchNotFoundError, match="files/gone"):
        collect(provider, "batches/b1")


@pytest.mark.parametrize("state", ["BATCH_STATE_SUCCEEDED", "JOB_STATE_PARTIALLY_SUCCEEDED", "BATCH_STATE_EXPIRED"])
def test_results(provider: GeminiBatches, server: Loopback, api: Api, state: str) -> None:
    api.jobs = [job(state=state, output={"responsesFile": "files/batch-out"})]
    denied = {"code": 8, "message": "Resource exhausted"}
    wrong = {"code": 400, "message": "bad", "status": "INVALID_ARGUMENT"}
    api.files["files/batch-out"] = Answer(
        jsonl(
            {"key": "b", "response": RESPONSE},
            b"{no json}",
            {"key": "a", "response": RESPONSE},
            {"key": "c", "error": denied},
            {"key": "d", "error": wrong},
            {"key": "e", "error": {"code": 1, "message": "The operation was cancelled."}},
            {"key": "f"},
            {"response": RESPONSE},
        )
    )
    assert collect(provider, "batches/b1") == [
        BatchResult("b", 200, RESPONSE),
        BatchResult("", ended="error", message="line 2 of the results is no JSON (9 bytes)"),
        BatchResult("a", 200, RESPONSE),
        BatchResult("c", 429, {"error": denied}),
        BatchResult("d", 400, {"error": wrong}),
        BatchResult("e", ended="cancelled", message="The operation was cancelled."),
        BatchResult("f", ended="error", message="a result without a response"),
        BatchResult("", ended="error", message="a line of the results has no key"),
    ]
    download = server.asked[-1]
    assert download.query == {"alt": "media"} and download.headers["x-goog-api-key"] == "AIza"


def test_a_job_without_a_file_of_results(provider: GeminiBatches, api: Api) -> None:
    api.jobs = [job(state="BATCH_STATE_FAILED")]
    assert collect(provider, "batches/b1") == []


def test_results_are_streamed(provider: GeminiBatches, api: Api) -> None:
    row = {"key": "a", "response": {}}
    read = threading.Event()
    api.jobs = [job(state="BATCH_STATE_SUCCEEDED", output={"responsesFile": "files/out"})]
    api.files["files/out"] = Answer(pieces=held_back(jsonl(row), jsonl(row) * 1000, read))
    results = provider.results("batches/b1", provider.status("batches/b1"))
    assert next(results).custom_id == "a"
    read.set()
    assert sum(1 for _ in results) == 1000


def test_results_that_break_off_are_an_error(provider: GeminiBatches, api: Api) -> None:
    api.jobs = [job(state="BATCH_STATE_SUCCEEDED", output={"responsesFile": "files/out"})]
    api.files["files/out"] = Answer(jsonl({"key": "a", "response": {}}), 500)
    with pytest.raises(OSError, match="500"):
        collect(provider, "batches/b1")


def test_cancel_and_the_jobs_that_are_open(provider: GeminiBatches, server: Loopback, api: Api) -> None:
    api.answers["POST batches/b1:cancel"] = Answer({})
    provider.cancel("batches/b1")
    assert [asked.path for asked in server.asked] == ["/v1beta/batches/b1:cancel"]
    api.jobs = [job("b1", "BATCH_STATE_RUNNING"), job("b2", "BATCH_STATE_SUCCEEDED")]
    assert [name for name, _ in provider.open_jobs()] == ["batches/b1"]


def test_a_download_is_followed_without_the_key() -> None:
    with Loopback(lambda _: Answer(jsonl({"key": "a", "response": RESPONSE}))) as store:
        place = {"Location": f"{store.url}/signed?token=1"}
        with Loopback(lambda _: Answer({}, status=302, headers=place)) as server:
            made = GeminiBatches(api_key="sk-1", model_name="m", base_url=server.url)
            found = list(made.results("batches/b1", BatchStatus(BatchState.COMPLETED, output_ids=("files/out",))))
    assert found == [BatchResult("a", 200, RESPONSE)]
    assert server.asked[0].headers["x-goog-api-key"] == "sk-1"
    (asked,) = store.asked
    assert asked.headers["x-goog-api-key"] is None and asked.query == {"token": "1"}
