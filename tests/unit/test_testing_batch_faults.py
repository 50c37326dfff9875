"""Each fault of the stand-in's Batch APIs, as the official clients see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dbt_llm.testing import BatchFaults, Server, echo
from tests.support import batch_clients
from tests.support.batch_clients import NAMES, BatchClient, OpenAI, make

PROMPTS = {f"row-{number:03}": f"prompt {number}" for number in range(200)}
FEW = {f"row-{number}": f"prompt {number}" for number in range(4)}

ENDS = {
    "completed": {"openai": "completed", "anthropic": "ended", "gemini": "JOB_STATE_SUCCEEDED", "mistral": "SUCCESS"},
    "failed": {"openai": "failed", "anthropic": "ended", "gemini": "JOB_STATE_FAILED", "mistral": "FAILED"},
    "expired": {"openai": "expired", "anthropic": "ended", "gemini": "JOB_STATE_EXPIRED", "mistral": "TIMEOUT_EXCEEDED"},
    "cancelled": {"openai": "cancelled", "anthropic": "ended", "gemini": "JOB_STATE_CANCELLED", "mistral": "CANCELLED"},
}


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with Server(echo) as running:
        yield running


@pytest.fixture(params=NAMES)
def client(request: pytest.FixtureRequest, shared: Server) -> Iterator[BatchClient]:
    shared.reset()
    yield make(request.param, shared)
    shared.batches.faults = BatchFaults()
    shared.batches.finish(end="completed")


def finish(server: Server, job: str) -> None:
    assert server.batches.finish(job)


def run(client: BatchClient, server: Server, prompts: dict[str, str], **faults: Any) -> str:
    job = client.create(client.upload(prompts))
    server.batches.faults = BatchFaults(**faults)
    finish(server, job)
    return job


@pytest.mark.parametrize("fault", ["throttle", "refuse", "error", "drop", "timeout"])
def test_a_create_that_fails_makes_no_job(client: BatchClient, shared: Server, fault: Any) -> None:
    uploaded, before = client.upload(FEW), client.jobs()
    shared.batches.faults = BatchFaults(create=[fault], timeout_s=0.05, retry_after="3")
    with pytest.raises(client.failures) as raised:
        client.create(uploaded)
    assert isinstance(raised.value, client.throttled) or fault != "throttle"
    assert client.jobs() == before
    assert shared.counters.submitted_in_batches == 0
    # The schedule names the first create only.
    assert client.create(uploaded) in client.jobs()


@pytest.mark.parametrize("fault", ["error_after", "drop_after", "timeout_after"])
def test_a_create_that_fails_after_it_succeeded_makes_one(client: BatchClient, shared: Server, fault: Any) -> None:
    uploaded, before = client.upload(FEW), client.jobs()
    shared.batches.faults = BatchFaults(create=[fault], timeout_s=0.05)
    with pytest.raises(client.failures):
        client.create(uploaded)
    (made,) = [job for job in client.jobs() if job not in before]
    assert shared.counters.submitted_in_batches == 4
    finish(shared, made)
    assert len(client.results(made)) == 4


def test_a_client_that_stops_waiting_does_not_stop_the_create(shared: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_clients, "TIMEOUT_S", 0.3)
    client = OpenAI(shared)
    uploaded, before = client.upload(FEW), client.jobs()
    shared.batches.faults = BatchFaults(create="timeout_after", timeout_s=30)
    with pytest.raises(Exception, match="timed out"):
        client.create(uploaded)
    shared.batches.faults = BatchFaults()
    assert len(client.jobs()) == len(before) + 1


def test_a_throttled_create_says_when_to_come_again() -> None:
    with Server(batch_faults=BatchFaults(create="throttle", retry_after="7")) as server:
        client = OpenAI(server)
        uploaded = client.upload(FEW)
        for _ in range(2):
            with pytest.raises(client.throttled) as raised:
                client.create(uploaded)
            assert raised.value.response.headers["Retry-After"] == "7"
    assert server.counters.batch_calls["create"] == 2


@pytest.mark.parametrize("name", ["openai", "gemini", "mistral"])
def test_an_upload_that_fails(name: str, shared: Server) -> None:
    client = make(name, shared)
    try:
        for fault, more in (("error", 0), ("error_after", 1)):
            shared.reset()
            before = len(shared.batches.files.newest_first())
            shared.batches.faults = BatchFaults.from_json({"upload": [fault]})
            with pytest.raises(client.failures):
                client.upload(FEW)
            assert len(shared.batches.files.newest_first()) == before + more
            client.upload(FEW)
    finally:
        shared.batches.faults = BatchFaults()


def test_a_new_job_is_not_found_for_a_while(client: BatchClient, shared: Server) -> None:
    job = client.create(client.upload(FEW))
    shared.batches.faults = BatchFaults(not_found_first_n=2)
    for _ in range(2):
        with pytest.raises(Exception, match="404|No such"):
            client.state(job)
    finish(shared, job)
    assert client.state(job) == ENDS["completed"][client.name]
    # It is in the list meanwhile.
    assert job in client.jobs()


def test_a_new_job_is_not_listed_for_a_while(client: BatchClient, shared: Server) -> None:
    old = client.create(client.upload(FEW))
    client.jobs()
    shared.batches.faults = BatchFaults(list_lag=2)
    client.jobs()
    new = client.create(client.upload(FEW))
    listed = [new in client.jobs() for _ in range(3)]
    assert listed == [False, False, True]
    assert old in client.jobs()
    assert client.state(new)


@pytest.mark.parametrize("operation", ["retrieve", "list", "cancel"])
def test_other_calls_fail_too(client: BatchClient, shared: Server, operation: str) -> None:
    job = client.create(client.upload(FEW))
    shared.reset()
    shared.batches.faults = BatchFaults(**{operation: ["error"]})
    call = {"retrieve": lambda: client.state(job), "list": client.jobs, "cancel": lambda: client.cancel(job)}[operation]
    with pytest.raises(client.failures):
        call()
    call()


def test_results_may_break_off(client: BatchClient, shared: Server) -> None:
    job = run(client, shared, FEW, results=["cut", "error"])
    shared.reset()
    for _ in range(2):
        with pytest.raises(client.failures):
            client.results(job)
    assert len(client.results(job)) == 4


@pytest.mark.parametrize("end", ["expired", "cancelled"])
def test_half_of_the_rows_are_answered_and_charged(client: BatchClient, shared: Server, end: str) -> None:
    job = run(client, shared, FEW, end=end)
    assert client.state(job) == ENDS[end][client.name]
    results = client.results(job)
    # An expired job of Gemini's has no results.
    answered = 0 if (client.name, end) == ("gemini", "expired") else 2
    assert sum(one.text is not None for one in results) == shared.counters.answered_in_batches == answered
    unanswered = {
        ("openai", "expired"): "batch_expired",
        ("openai", "cancelled"): "batch_cancelled",
        ("anthropic", "expired"): "expired",
        ("anthropic", "cancelled"): "canceled",
    }
    wanted = unanswered.get((client.name, end))
    assert [one.failure for one in results if one.text is None] == ([wanted] * 2 if wanted else [])


def test_the_answered_share_is_chosen_and_gemini_has_a_state_for_it(shared: Server) -> None:
    shared.reset()
    client = make("gemini", shared)
    job = run(client, shared, FEW, end="partial", answered_share=0.75)
    assert client.state(job) == "JOB_STATE_PARTIALLY_SUCCEEDED"
    assert len(client.results(job)) == shared.counters.answered_in_batches == 3


@pytest.mark.parametrize("end", ["failed", "token_limit"])
def test_a_job_fails_as_a_whole(client: BatchClient, shared: Server, end: str) -> None:
    job = run(client, shared, FEW, end=end)
    assert client.state(job) == ENDS["failed"][client.name]
    assert shared.counters.answered_in_batches == 0
    errors = {"failed": "invalid_request_error", "token_limit": "rate_limit_error"}
    if client.name == "anthropic":
        assert [one.failure for one in client.results(job)] == [errors[end]] * 4
        return
    assert client.results(job) == []
    if isinstance(client, OpenAI):
        (error,) = client.sdk.batches.retrieve(job).errors.data
        assert error.code == {"failed": "invalid_json_line", "token_limit": "token_limit_exceeded"}[end]
        assert error.message


def test_enqueued_tokens_are_counted_and_the_verdict_comes_later(shared: Server) -> None:
    shared.reset()
    client = OpenAI(shared)
    # Two tokens a prompt, four prompts.
    shared.batches.faults = BatchFaults(enqueued_token_limit=12)
    try:
        first, second = (client.create(client.upload(FEW)) for _ in range(2))
        assert client.state(second) == "validating"
        shared.batches.finish()
        assert (client.state(first), client.state(second)) == ("completed", "failed")
        third = client.create(client.upload(FEW))
        finish(shared, third)
        assert client.state(third) == "completed"
    finally:
        shared.batches.faults = BatchFaults()


def test_every_row_fails_and_there_is_no_output_file(client: BatchClient, shared: Server) -> None:
    job = run(client, shared, FEW, end="all_failed")
    assert client.state(job) == ENDS["completed"][client.name]
    failures = {"openai": "400", "mistral": "400", "gemini": "3", "anthropic": "invalid_request_error"}
    assert [one.failure for one in client.results(job)] == [failures[client.name]] * 4
    assert shared.counters.answered_in_batches == 0
    if isinstance(client, OpenAI):
        ended = client.sdk.batches.retrieve(job)
        assert (ended.output_file_id, bool(ended.error_file_id)) == (None, True)
        assert ended.request_counts.to_dict() == {"total": 4, "completed": 0, "failed": 4}


def test_a_stuck_job_never_ends_but_can_be_cancelled(client: BatchClient, shared: Server) -> None:
    shared.batches.faults = BatchFaults(end="stuck")
    shared.batches.polls_to_end = 0
    try:
        job = client.create(client.upload(FEW))
        states = {client.state(job) for _ in range(5)}
        assert shared.batches.finish() == []
        assert not states & set(ENDS["completed"].values())
        client.cancel(job)
        assert client.state(job) == ENDS["cancelled"][client.name]
    finally:
        shared.batches.polls_to_end = None


def test_rows_fail_by_themselves(client: BatchClient, shared: Server) -> None:
    job = run(client, shared, PROMPTS, row_errors={400: 0.1, 429: 0.1, 500: 0.1})
    failures = Counter(one.failure for one in client.results(job))
    by_status = {
        "openai": ["400", "429", "500"],
        "mistral": ["400", "429", "500"],
        "gemini": ["3", "8", "13"],
        "anthropic": ["invalid_request_error", "rate_limit_error", "api_error"],
    }[client.name]
    assert set(failures) == {None, *by_status}
    assert all(10 <= failures[failure] <= 30 for failure in by_status)
    assert failures[None] == shared.counters.answered_in_batches


def test_lines_are_missing_twice_there_malformed_and_in_another_order(client: BatchClient, shared: Server) -> None:
    job = run(client, shared, PROMPTS, missing=0.1, duplicated=0.1, malformed=0.1, reordered=True)
    results = client.results(job)
    custom_ids = [one.custom_id for one in results if one.custom_id is not None]
    times = Counter(custom_ids)
    malformed = sum(one.custom_id is None for one in results)
    missing = len(PROMPTS) - len(times) - malformed
    twice = sum(count == 2 for count in times.values())
    assert all(10 <= number <= 30 for number in (missing, twice, malformed))
    assert custom_ids != sorted(custom_ids)
    # All were paid for.
    assert shared.counters.answered_in_batches == len(PROMPTS)


def test_the_same_seed_hits_the_same_rows(shared: Server) -> None:
    client = OpenAI(shared)
    first, same, other = (
        {one.custom_id for one in client.results(run(client, shared, PROMPTS, missing=0.3, seed=seed))} for seed in (1, 1, 2)
    )
    shared.batches.faults = BatchFaults()
    assert first == same != other


def test_limits_are_the_provider_s_or_the_test_s(client: BatchClient, shared: Server) -> None:
    shared.batches.faults = BatchFaults(max_requests=3)
    if client.name == "anthropic":
        with pytest.raises(Exception, match="at most 3 requests"):
            client.create(client.upload(FEW))
        shared.batches.faults = BatchFaults(max_bytes=100)
        with pytest.raises(Exception, match="the limit is 100"):
            client.create(client.upload(FEW))
        return
    for faults in (BatchFaults(max_requests=3), BatchFaults(max_bytes=100)):
        shared.batches.faults = faults
        job = client.create(client.upload(FEW))
        finish(shared, job)
        assert client.state(job) == ENDS["failed"][client.name]


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        ({"create": "vanish"}, "BatchFaults.create: expected one of"),
        ({"retrieve": ["error_after"]}, "BatchFaults.retrieve"),
        ({"create": "cut"}, "BatchFaults.create"),
        ({"end": "lost"}, "BatchFaults.end"),
        ({"missing": 0.6, "malformed": 0.6}, "a share lies between 0 and 1"),
        ({"row_errors": {"400": 2}}, "BatchFaults.row_errors"),
        ({"creat": "drop"}, "BatchFaults has no 'creat'"),
    ],
)
def test_faults_that_make_no_sense_are_refused(faults: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BatchFaults.from_json(faults)


def test_everything_can_be_steered_from_another_process() -> None:
    with Server(echo) as server:
        root = f"http://127.0.0.1:{server.port}"
        client = OpenAI(server)
        job = client.create(client.upload(FEW), "mine")
        (shown,) = httpx.get(f"{root}/_batches").json()["batches"]
        assert (shown["id"], shown["state"], shown["label"]) == (job, "validating", {"label": "mine"})
        assert "prompt 1" not in str(shown)
        httpx.post(f"{root}/_batches/advance", json={"job_id": job})
        assert client.state(job) == "in_progress"
        httpx.post(f"{root}/_batch_faults", json={"row_errors": {"429": 1.0}})
        httpx.post(f"{root}/_faults", json={"throttle": 1.0})
        assert httpx.post(f"{root}/_batches/finish", json={"end": "completed"}).json() == {"ended": [job]}
        assert {one.failure for one in client.results(job)} == {"429"}
        httpx.post(f"{root}/_batches/polls", json={"polls_to_end": 0})
        assert client.state(client.create(client.upload(FEW))) == "completed"
        stats = httpx.get(f"{root}/_stats", params={"prompts": 1}).json()
        assert (stats["submitted_in_batches"], stats["max_batch_submissions_of_a_prompt"]) == (8, 2)
        assert list(stats["batch_submissions"].values()) == [2] * 4
        wrong = httpx.post(f"{root}/_batch_faults", json={"end": "lost"})
        assert (wrong.status_code, "BatchFaults.end" in wrong.json()["error"]) == (400, True)
        assert httpx.post(f"{root}/_batches/finish", json={"job_id": "none"}).status_code == 404
        httpx.post(f"{root}/_batches/clear")
        assert httpx.get(f"{root}/_batches").json() == {"batches": []}
        assert client.jobs() == []
    assert server.faults.throttle == 1.0
