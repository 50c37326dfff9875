"""OpenAI's Batch API and Azure's, through OpenAI's client."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openai")
import openai

from dbt_llm.engines.batch.provider import (
    BatchNotFoundError,
    BatchRejectedError,
    BatchResult,
    BatchState,
    Discovery,
    UnreadableAnswerError,
)
from dbt_llm.engines.batch.providers.azure import AzureBatches
from dbt_llm.engines.batch.providers.openai import OpenAIBatches
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


def job(batch_id: str = "batch_1", **more: Any) -> dict[str, Any]:
    return {
        "id": batch_id,
        "object": "batch",
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "input_file_id": "file-1",
        "status": "validating",
        "created_at": int(NOW),
        "metadata": LABEL,
        **more,
    }


def refused(status: int, code: str | None = None, message: str = "no") -> Answer:
    return Answer({"error": {"message": message, "type": "x", "code": code}}, status)


class Api:
    """Files and batches, as far as a test needs them. An answer in `answers` goes before."""

    def __init__(self) -> None:
        self.jobs: list[dict[str, Any]] = []
        self.files: dict[str, Answer] = {}
        self.answers: dict[str, Answer] = {}
        self.file_states = ["processed"]
        self.page = 100

    def __call__(self, asked: Asked) -> Answer:
        path = asked.path.removeprefix("/v1")
        if f"{asked.method} {path}" in self.answers:
            return self.answers[f"{asked.method} {path}"]
        if asked.method == "POST" and path == "/files":
            return Answer({"id": "file-1", "object": "file"})
        if asked.method == "POST" and path == "/batches":
            return Answer(job())
        if path.endswith("/content"):
            return self.files.get(path.split("/")[2], refused(404))
        if path.startswith("/files/"):
            state = self.file_states.pop(0) if len(self.file_states) > 1 else self.file_states[0]
            return Answer({"id": "file-1", "object": "file", "status": state})
        if path == "/batches":
            ids = [entry["id"] for entry in self.jobs]
            start = ids.index(asked.query["after"]) + 1 if "after" in asked.query else 0
            end = start + self.page
            return Answer({"object": "list", "data": self.jobs[start:end], "has_more": end < len(ids)})
        found = [entry for entry in self.jobs if path.split("/")[2] == entry["id"]]
        return Answer(found[0]) if found else refused(404)


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def server(api: Api) -> Iterator[Loopback]:
    with Loopback(api) as running:
        yield running


@pytest.fixture
def provider(server: Loopback) -> OpenAIBatches:
    return OpenAIBatches(api_key="sk-secret", base_url=f"{server.url}/v1")


def test_a_job_is_made_of_an_uploaded_file_and_labelled(provider: OpenAIBatches, server: Loopback, tmp_path: Path) -> None:
    file = input_file(provider, tmp_path)
    input_id = provider.upload(intent(), file)
    assert provider.create(intent(input_id=input_id), file) == "batch_1"

    [upload] = server.calls("POST", "/files")
    assert file.read_bytes() in upload.body and b'name="purpose"\r\n\r\nbatch\r\n' in upload.body
    assert upload.headers["Authorization"] == "Bearer sk-secret"
    [create] = server.calls("POST", "/batches")
    assert create.json() == {
        "completion_window": "24h",
        "endpoint": "/v1/chat/completions",
        "input_file_id": "file-1",
        "metadata": LABEL,
    }
    lines = [json.loads(line) for line in file.read_bytes().split(b"\n")[:-1]]
    assert [line["custom_id"] for line in lines] == [request_key(0), request_key(1)]
    assert {(line["method"], line["url"], json.dumps(line["body"])) for line in lines} == {
        ("POST", "/v1/chat/completions", json.dumps(BODY))
    }


def test_responses_have_their_own_address(server: Loopback, tmp_path: Path) -> None:
    provider = OpenAIBatches(api_key="k", base_url=f"{server.url}/v1", api="responses")
    file = input_file(provider, tmp_path)
    provider.create(intent(input_id="file-1"), file)
    assert server.calls("POST", "/batches")[0].json()["endpoint"] == "/v1/responses"
    assert json.loads(file.read_bytes().split(b"\n")[0])["url"] == "/v1/responses"


def test_without_a_key_none_is_sent(server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-something-else")
    provider = OpenAIBatches(api_key=None, base_url=f"{server.url}/v1")
    provider.upload(intent(), input_file(provider, tmp_path))
    assert server.asked[0].headers["Authorization"] is None


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (refused(400, "invalid_request"), "refused"),
        (refused(401, "invalid_api_key"), "refused"),
        (refused(404), "refused"),
        (refused(429, "rate_limit_exceeded"), "throttled"),
        (refused(429), "throttled"),
        (refused(400, "token_limit_exceeded"), "throttled"),
        (refused(429, "insufficient_quota"), "refused"),
        (refused(408), "unknown"),
        (refused(409), "unknown"),
        (refused(500), "unknown"),
        (refused(529), "unknown"),
        (Answer(drop=True), "unknown"),
        (Answer(b"<html>welcome</html>", headers={"Content-Type": "text/html"}), "unknown"),
        (Answer({"object": "batch"}), "unknown"),
    ],
)
def test_a_failed_create_is_a_refusal_or_tells_nothing(
    provider: OpenAIBatches, server: Loopback, api: Api, tmp_path: Path, answer: Answer, outcome: str
) -> None:
    api.answers["POST /batches"] = answer
    check_create(server, provider, input_file(provider, tmp_path), "/batches", outcome, input_id="file-1")


def test_a_refusal_says_why_and_not_the_key(provider: OpenAIBatches, api: Api, tmp_path: Path) -> None:
    api.answers["POST /files"] = refused(401, "invalid_api_key", "Incorrect key: sk-secret.\nSee there.")
    with pytest.raises(BatchRejectedError, match=r"^invalid_api_key: Incorrect key: …. See there. \(status 401\)$"):
        provider.upload(intent(), input_file(provider, tmp_path))


def test_a_job_is_found_by_its_file_on_any_page(provider: OpenAIBatches, server: Loopback, api: Api) -> None:
    api.page = 2
    api.jobs = [job(f"b{n}", input_file_id=f"file-{n}", metadata=None) for n in range(7)]
    assert provider.find(intent(input_id="file-5")) == "b5"
    assert len(server.asked) == 3 and server.asked[0].query["limit"] == "100"


def test_a_job_is_found_by_its_label_the_newest_first(provider: OpenAIBatches, api: Api) -> None:
    api.jobs = [
        job("other", metadata={"dbt_llm_batch_key": "f" * 32}),
        job("newest", created_at=int(NOW) + 5, input_file_id="file-named-otherwise"),
        job("before", created_at=int(NOW) - 60),
    ]
    assert provider.find(intent(input_id="file-9")) == "newest"
    assert provider.find(intent()) == "newest"


def test_a_job_that_the_ledger_has_is_not_taken_for_another(provider: OpenAIBatches, api: Api) -> None:
    api.jobs = [job("known")]
    assert provider.find(intent(input_id="file-1", known_ids=frozenset({"known"}))) is Discovery.ABSENT


def test_the_list_is_read_back_to_before_the_intent(provider: OpenAIBatches, server: Loopback, api: Api) -> None:
    api.page = 2
    # A clock that is half an hour ahead: the job seems older than its intent.
    api.jobs = [job(f"b{n}", metadata=None, created_at=int(NOW)) for n in range(4)]
    api.jobs += [job("mine", created_at=int(NOW) - 1800), job("x", metadata=None, created_at=int(NOW) - 1801)]
    api.jobs += [job(f"old{n}", created_at=int(NOW) - 7200 - n) for n in range(6)]
    assert provider.find(intent()) == "mine"
    assert len(server.asked) == 4, "it went on through pages that are older than the intent"
    api.jobs.pop(4)
    assert provider.find(intent()) is Discovery.ABSENT, "a job from before the intent was taken for it"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html></html>", headers={"Content-Type": "text/html"}),
        Answer({"message": "welcome"}),
        Answer({"data": [job(f"b{n}", metadata=None) for n in range(100)]}),
        refused(500),
        refused(404),
        Answer(drop=True),
    ],
)
def test_a_list_that_cannot_be_read_is_no_evidence_of_absence(provider: OpenAIBatches, api: Api, answer: Answer) -> None:
    """The third is a server that knows no pages: it answers each page with the first."""
    api.answers["GET /batches"] = answer
    with pytest.raises((UnreadableAnswerError, openai.APIError)):
        provider.find(intent())


def test_a_short_list_without_has_more_is_a_whole_one(provider: OpenAIBatches, api: Api) -> None:
    api.answers["GET /batches"] = Answer({"data": [job("b1", metadata=None, created_at=None)]})
    assert provider.find(intent()) is Discovery.ABSENT


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("validating", BatchState.QUEUED),
        ("in_progress", BatchState.RUNNING),
        ("finalizing", BatchState.RUNNING),
        ("cancelling", BatchState.RUNNING),
        ("completed", BatchState.COMPLETED),
        ("failed", BatchState.FAILED),
        ("expired", BatchState.EXPIRED),
        ("cancelled", BatchState.CANCELLED),
        ("brand_new", BatchState.RUNNING),
    ],
)
def test_states(provider: OpenAIBatches, api: Api, said: str, state: BatchState) -> None:
    api.jobs = [job(status=said, request_counts={"total": 5, "completed": 3, "failed": 1})]
    status = provider.status("batch_1")
    assert (status.state, status.total, status.succeeded, status.failed) == (state, 5, 3, 1)
    assert status.message == ("the provider says 'brand_new'" if said == "brand_new" else None)


def test_why_a_job_failed_as_a_whole(provider: OpenAIBatches, api: Api) -> None:
    fault = {"code": "token_limit_exceeded", "message": "Enqueued token limit reached", "line": None}
    api.jobs = [job(status="failed", errors={"object": "list", "data": [fault]})]
    status = provider.status("batch_1")
    assert (status.message, status.is_throttled) == ("token_limit_exceeded: Enqueued token limit reached", True)
    api.jobs = [job(status="failed", errors={"data": [{"code": "invalid_json_line", "message": "bad", "line": 3}]})]
    status = provider.status("batch_1")
    assert (status.message, status.is_throttled) == ("invalid_json_line: bad", False)
    assert collect(provider, "batch_1") == []


def test_a_job_that_is_not_found(provider: OpenAIBatches, api: Api) -> None:
    with pytest.raises(BatchNotFoundError):
        provider.status("batch_9")
    api.jobs = [job(status="completed", output_file_id="file-gone")]
    with pytest.raises(BatchNotFoundError, match="file-gone of batch_1"):
        collect(provider, "batch_1")


def test_results_of_both_files(provider: OpenAIBatches, api: Api) -> None:
    api.jobs = [job(status="expired", output_file_id="file-out", error_file_id="file-err")]
    answer = {"choices": [{"message": {"content": "a\u2028b"}}]}
    failure = {"error": {"message": "bad", "code": "invalid"}}
    api.files["file-out"] = Answer(
        jsonl(
            {"custom_id": "b", "response": {"status_code": 200, "body": answer}, "error": None},
            b"",
            b'{"custom_id": "cut',
            {"custom_id": "a", "response": {"status_code": 200, "body": answer}},
            {"custom_id": "a", "response": {"status_code": 200, "body": answer}},
            {"response": {"status_code": 200, "body": answer}},
            b"[1]",
        ).rstrip(b"\n")
    )
    api.files["file-err"] = Answer(
        jsonl(
            {"custom_id": "c", "response": {"status_code": 400, "body": failure}, "error": None},
            {"custom_id": "d", "response": None, "error": {"code": "batch_expired", "message": "too late"}},
            {"custom_id": "e", "response": None, "error": {"code": "batch_cancelled"}},
            {"custom_id": "f", "response": {"status_code": 0, "body": None}, "error": None},
            {"custom_id": "g", "response": {"status_code": 500}, "error": {"code": "server_error", "message": "x"}},
        )
    )
    assert collect(provider, "batch_1") == [
        BatchResult("b", 200, answer),
        BatchResult("", ended="error", message="line 2 of the results is no JSON (18 bytes)"),
        BatchResult("a", 200, answer),
        BatchResult("a", 200, answer),
        BatchResult("", ended="error", message="a line of the results has no custom_id"),
        BatchResult("", ended="error", message="line 6 of the results is no JSON object"),
        BatchResult("c", 400, failure),
        BatchResult("d", ended="expired", message="batch_expired: too late"),
        BatchResult("e", ended="cancelled", message="batch_cancelled"),
        BatchResult("f", ended="error", message="a result without a body"),
        BatchResult("g", ended="error", message="server_error: x"),
    ]


def test_completed_with_nothing_but_an_error_file(provider: OpenAIBatches, api: Api) -> None:
    api.jobs = [job(status="completed", output_file_id=None, error_file_id="file-err")]
    api.files["file-err"] = Answer(jsonl({"custom_id": "a", "response": {"status_code": 429, "body": {"error": {}}}}))
    assert collect(provider, "batch_1") == [BatchResult("a", 429, {"error": {}})]


def test_results_are_streamed(provider: OpenAIBatches, api: Api) -> None:
    row = {"custom_id": "a", "response": {"status_code": 200, "body": {}}}
    read = threading.Event()
    api.jobs = [job(status="completed", output_file_id="file-out")]
    api.files["file-out"] = Answer(pieces=held_back(jsonl(row), jsonl(row) * 1000, read))
    results = provider.results("batch_1", provider.status("batch_1"))
    assert next(results).custom_id == "a"
    read.set()
    assert sum(1 for _ in results) == 1000


def test_cancel_and_the_jobs_that_are_open(provider: OpenAIBatches, server: Loopback, api: Api) -> None:
    api.page = 1
    api.jobs = [job("b1", status="in_progress"), job("b2", status="completed"), job("b3")]
    api.answers["POST /batches/b1/cancel"] = Answer(job("b1", status="cancelling"))
    provider.cancel("b1")
    assert [asked.path for asked in server.asked] == ["/v1/batches/b1/cancel"]
    assert [(name, status.state) for name, status in provider.open_jobs()] == [
        ("b1", BatchState.RUNNING),
        ("b3", BatchState.QUEUED),
    ]


def test_azure_waits_until_the_file_is_read(server: Loopback, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dbt_llm.engines.batch.providers.azure._LOOK_EVERY_S", 0.0)
    provider = AzureBatches(api_key="k", base_url=f"{server.url}/v1")
    file = input_file(provider, tmp_path)
    api.file_states = ["pending", "running", "processed"]
    assert provider.create(intent(input_id="file-1"), file) == "batch_1"
    assert [asked.method for asked in server.asked] == ["GET", "GET", "GET", "POST"]
    assert server.asked[-1].json()["endpoint"] == "/chat/completions"
    assert json.loads(file.read_bytes().split(b"\n")[0])["url"] == "/chat/completions"


@pytest.mark.parametrize(
    ("states", "answer", "is_throttled"),
    [(["error"], None, False), (["pending"], None, True), ([], refused(403), False), ([], refused(500), True)],
)
def test_azure_creates_nothing_over_a_file_that_is_not_there(
    server: Loopback,
    api: Api,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    states: list[str],
    answer: Answer | None,
    is_throttled: bool,
) -> None:
    monkeypatch.setattr("dbt_llm.engines.batch.providers.azure._WAIT_S", -1.0)
    provider = AzureBatches(api_key="k", base_url=f"{server.url}/v1")
    api.file_states = states
    if answer:
        api.answers["GET /files/file-1"] = answer
    with pytest.raises(BatchRejectedError) as caught:
        provider.create(intent(input_id="file-1"), input_file(provider, tmp_path))
    assert caught.value.is_throttled is is_throttled
    assert server.calls("POST", "/batches") == []
