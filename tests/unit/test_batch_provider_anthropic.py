"""Anthropic's Message Batches, through Anthropic's client."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("anthropic")
import anthropic

from dbt_llm.engines.batch.provider import BatchNotFoundError, BatchResult, BatchState, Discovery, UnreadableAnswerError
from dbt_llm.engines.batch.providers.anthropic import AnthropicBatches, _RequestList
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

MESSAGE = {"type": "message", "content": [{"type": "text", "text": "a\u2028b"}]}


def counts(processing: int = 0, **more: int) -> dict[str, int]:
    return {"processing": processing, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0, **more}


def at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat()


def job(batch_id: str = "msgbatch_1", status: str = "in_progress", **more: Any) -> dict[str, Any]:
    return {
        "id": batch_id,
        "type": "message_batch",
        "processing_status": status,
        "request_counts": counts(2) if status != "ended" else counts(succeeded=2),
        "created_at": at(NOW),
        "expires_at": at(NOW + 86400),
        "results_url": None,
        "archived_at": None,
        "cancel_initiated_at": None,
        "ended_at": None,
        **more,
    }


def refused(status: int, kind: str = "invalid_request_error") -> Answer:
    return Answer({"type": "error", "error": {"type": kind, "message": "no"}}, status)


def succeeded(custom_id: str) -> dict[str, Any]:
    return {"custom_id": custom_id, "result": {"type": "succeeded", "message": MESSAGE}}


class Api:
    """Message batches, as far as a test needs them. An answer in `answers` goes before."""

    def __init__(self) -> None:
        self.jobs: list[dict[str, Any]] = []
        self.results: dict[str, Answer] = {}
        self.answers: dict[str, Answer] = {}
        self.page = 100

    def __call__(self, asked: Asked) -> Answer:
        path = asked.path.removeprefix("/v1/messages/batches")
        if f"{asked.method} {path}" in self.answers:
            return self.answers[f"{asked.method} {path}"]
        if asked.method == "POST":
            return Answer(job())
        if path.endswith("/results"):
            return self.results.get(path.split("/")[1], refused(404, "not_found_error"))
        if not path:
            ids = [entry["id"] for entry in self.jobs]
            start = ids.index(asked.query["after_id"]) + 1 if "after_id" in asked.query else 0
            end = start + self.page
            page = self.jobs[start:end]
            return Answer({"data": page, "has_more": end < len(ids), "last_id": page[-1]["id"] if page else None})
        found = [entry for entry in self.jobs if path[1:] == entry["id"]]
        return Answer(found[0]) if found else refused(404, "not_found_error")

    def end(self, server: Loopback, batch_id: str, body: Answer, **more: Any) -> None:
        url = f"{server.url}/v1/messages/batches/{batch_id}/results"
        self.jobs.append(job(batch_id, "ended", **{"results_url": url, **more}))
        self.results[batch_id] = body


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def server(api: Api) -> Iterator[Loopback]:
    with Loopback(api) as running:
        yield running


@pytest.fixture
def provider(server: Loopback) -> AnthropicBatches:
    return AnthropicBatches(api_key="sk-ant", base_url=server.url)


def test_a_create_carries_the_requests(provider: AnthropicBatches, server: Loopback, tmp_path: Path) -> None:
    file = input_file(provider, tmp_path, 3)
    assert provider.upload(intent(), file) is None
    assert provider.create(intent(), file) == "msgbatch_1"
    [create] = server.asked
    # The client's versions differ in which header holds the key.
    assert "sk-ant" in f"{create.headers['x-api-key']} {create.headers['Authorization']}"
    assert create.headers["Content-Type"] == "application/json"
    assert create.json() == {"requests": [{"custom_id": f"01234567-{request_key(n)[:48]}", "params": BODY} for n in range(3)]}


def test_the_requests_are_read_in_pieces(provider: AnthropicBatches, tmp_path: Path) -> None:
    file = input_file(provider, tmp_path, 20_000)
    body = _RequestList(file)
    pieces = list(body)
    assert max(map(len, pieces)) <= 1 << 20 < file.stat().st_size
    whole = b"".join(pieces)
    assert len(whole) == body.length and len(json.loads(whole)["requests"]) == 20_000


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (refused(400), "refused"),
        (refused(401, "authentication_error"), "refused"),
        (refused(402, "billing_error"), "refused"),
        (refused(413, "request_too_large"), "refused"),
        (refused(429, "rate_limit_error"), "throttled"),
        (refused(408), "unknown"),
        (refused(500, "api_error"), "unknown"),
        (refused(529, "overloaded_error"), "unknown"),
        (Answer(drop=True), "unknown"),
        (Answer(b"<html></html>", headers={"Content-Type": "text/html"}), "unknown"),
        (Answer({"type": "message_batch"}), "unknown"),
    ],
)
def test_a_failed_create_is_a_refusal_or_tells_nothing(
    provider: AnthropicBatches, server: Loopback, api: Api, tmp_path: Path, answer: Answer, outcome: str
) -> None:
    api.answers["POST "] = answer
    check_create(server, provider, input_file(provider, tmp_path), "/batches", outcome)


def test_a_job_that_has_ended_is_recognised_by_its_first_result(provider: AnthropicBatches, server: Loopback, api: Api) -> None:
    api.page = 1
    api.end(server, "another_key", Answer(jsonl(succeeded("ffffffff-1"))))
    api.end(server, "another_size", Answer(jsonl(succeeded("01234567-1"))), request_counts=counts(succeeded=3))
    api.end(server, "mine", Answer(jsonl(b"{", succeeded("01234567-1"))), request_counts=counts(expired=1, errored=1))
    assert provider.find(intent()) == "mine"
    assert provider.find(intent(known_ids=frozenset({"mine"}))) is Discovery.ABSENT
    assert not server.calls("GET", "size/results"), "results were read of a job that cannot be the one"


@pytest.mark.parametrize(
    ("candidate", "found"),
    [
        (job(), Discovery.UNSURE),
        (job(status="canceling"), Discovery.UNSURE),
        (job(status="ended"), Discovery.UNSURE),
        (job(status="ended", archived_at=at(NOW)), Discovery.ABSENT),
        (job(request_counts=counts(3)), Discovery.ABSENT),
        (job(created_at=at(NOW - 1800)), Discovery.UNSURE),
        (job(created_at=at(NOW - 3700)), Discovery.ABSENT),
    ],
)
def test_a_candidate_that_runs_leaves_it_open(
    provider: AnthropicBatches, api: Api, candidate: dict[str, Any], found: Discovery
) -> None:
    """The third has ended, and its results are not there yet."""
    api.jobs = [candidate]
    assert provider.find(intent()) is found
    assert provider.find(intent(known_ids=frozenset({"msgbatch_1"}))) is Discovery.ABSENT


def test_one_that_has_ended_and_is_right_outweighs_one_that_runs(provider: AnthropicBatches, server: Loopback, api: Api) -> None:
    api.jobs = [job("running")]
    api.end(server, "mine", Answer(jsonl(succeeded("01234567-1"))))
    assert provider.find(intent()) == "mine"


def test_results_that_are_not_found_yet_leave_it_open(provider: AnthropicBatches, server: Loopback, api: Api) -> None:
    api.end(server, "mine", refused(404, "not_found_error"))
    assert provider.find(intent()) is Discovery.UNSURE


def test_the_list_is_read_back_to_before_the_intent(provider: AnthropicBatches, server: Loopback, api: Api) -> None:
    api.page = 2
    api.jobs = [job(f"b{n}", request_counts=counts(9)) for n in range(4)]
    api.jobs += [job(f"old{n}", created_at=at(NOW - 7200)) for n in range(6)]
    assert provider.find(intent()) is Discovery.ABSENT
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html></html>", headers={"Content-Type": "text/html"}),
        Answer({"message": "welcome"}),
        Answer({"data": [job("b1", request_counts=counts(9))], "has_more": True, "last_id": "b1"}),
        refused(500, "api_error"),
        refused(404, "not_found_error"),
        Answer(drop=True),
    ],
)
def test_a_list_that_cannot_be_read_is_no_evidence_of_absence(provider: AnthropicBatches, api: Api, answer: Answer) -> None:
    """The third is a server that answers each page with the first."""
    api.answers["GET "] = answer
    with pytest.raises((UnreadableAnswerError, anthropic.APIError)):
        provider.find(intent())


def test_states(provider: AnthropicBatches, api: Api) -> None:
    api.jobs = [
        job("running", request_counts=counts(4)),
        job("canceling", "canceling"),
        job("done", "ended", request_counts=counts(succeeded=3, errored=1)),
        job("failed", "ended", request_counts=counts(errored=4)),
        job("late", "ended", request_counts=counts(succeeded=1, expired=3)),
        job("stopped", "ended", request_counts=counts(succeeded=1, canceled=3), cancel_initiated_at=at(NOW)),
    ]
    seen = {entry["id"]: provider.status(entry["id"]) for entry in api.jobs}
    assert {name: status.state for name, status in seen.items()} == {
        "running": BatchState.RUNNING,
        "canceling": BatchState.RUNNING,
        "done": BatchState.COMPLETED,
        "failed": BatchState.COMPLETED,
        "late": BatchState.EXPIRED,
        "stopped": BatchState.CANCELLED,
    }
    assert (seen["running"].total, seen["running"].succeeded) == (4, None), "the counters stay 0 until all is done"
    assert (seen["late"].total, seen["late"].succeeded, seen["late"].failed) == (4, 1, 3)
    assert [name for name, _ in provider.open_jobs()] == ["running", "canceling"]


def test_results(provider: AnthropicBatches, server: Loopback, api: Api) -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}
    api.end(
        server,
        "msgbatch_1",
        Answer(
            jsonl(
                succeeded("b"),
                b"{no json}",
                succeeded("a"),
                succeeded("a"),
                {"custom_id": "c", "result": {"type": "errored", "error": error}},
                {"custom_id": "d", "result": {"type": "canceled"}},
                {"custom_id": "e", "result": {"type": "expired"}},
                {"custom_id": "f", "result": {"type": "new"}},
                {"result": {"type": "expired"}},
            )
        ),
    )
    assert collect(provider, "msgbatch_1") == [
        BatchResult("b", 200, MESSAGE),
        BatchResult("", ended="error", message="line 2 of the results is no JSON (9 bytes)"),
        BatchResult("a", 200, MESSAGE),
        BatchResult("a", 200, MESSAGE),
        BatchResult("c", 529, error),
        BatchResult("d", ended="cancelled", message="batch cancelled"),
        BatchResult("e", ended="expired", message="batch expired"),
        BatchResult("f", ended="error", message="a result without a message"),
        BatchResult("", ended="error", message="a line of the results has no custom_id"),
    ]


def test_results_that_are_not_there(provider: AnthropicBatches, server: Loopback, api: Api) -> None:
    api.end(server, "lags", refused(404, "not_found_error"))
    api.jobs += [job("no_url", "ended"), job("archived", "ended", archived_at=at(NOW))]
    for name in ("lags", "no_url", "unheard_of"):
        with pytest.raises(BatchNotFoundError):
            collect(provider, name)
    assert provider.status("archived").message == "its results are no longer kept"
    assert collect(provider, "archived") == []


def test_results_are_streamed(provider: AnthropicBatches, server: Loopback, api: Api) -> None:
    read = threading.Event()
    api.end(server, "b1", Answer(pieces=held_back(jsonl(succeeded("a")), jsonl(succeeded("b")) * 1000, read)))
    results = provider.results("b1", provider.status("b1"))
    assert next(results).custom_id == "a"
    read.set()
    assert sum(1 for _ in results) == 1000


def test_cancel(provider: AnthropicBatches, server: Loopback) -> None:
    provider.cancel("msgbatch_1")
    assert [(asked.method, asked.path) for asked in server.asked] == [("POST", "/v1/messages/batches/msgbatch_1/cancel")]


def test_custom_ids_are_short_and_tell_their_batch(provider: AnthropicBatches) -> None:
    ids = {provider.custom_id(BATCH_KEY, request_key(n)) for n in range(1000)}
    assert len(ids) == 1000 and max(map(len, ids)) <= 64
