"""What one run of a batch task submits, collects, keeps, says and leaves."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlglot

from dbt_llm.client import ConfigurationError, DbtLlmError, SpendRefusedError
from dbt_llm.engines.batch import ledger, results
from dbt_llm.engines.batch.batch_run import BatchOptions, BatchTask
from dbt_llm.engines.batch.ledger import Relations
from dbt_llm.engines.batch.provider import BatchLimits, BatchResult, BatchStatus
from dbt_llm.engines.batched import Batches
from tests.support.batch_provider import FakeProvider, completion, error
from tests.support.batch_task import RELATIONS, BatchTaskRun, opened, rendered, task_of, write_messages

MINUTE = 60.0
SECRET = "my card is 4111 1111 1111 1111, please"


@dataclass
class Clock:
    now: float = 1.7e9

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(tmp_path: Path, clock: Clock) -> FakeProvider:
    return FakeProvider(tmp_path, BatchLimits(requests=4, bytes_=1 << 20), clock)


def make(provider: FakeProvider, bodies: int | list[str] = 10, **options: Any) -> BatchTaskRun:
    texts = [f"message {number}" for number in range(bodies)] if isinstance(bodies, int) else bodies
    return BatchTaskRun(opened(bodies=texts), provider, **options)


def end_all(provider: FakeProvider, **result: Any) -> None:
    """End all jobs; `result`, if given, is that of every request."""
    for job in provider.running():
        lines = [{"custom_id": custom_id, **result} for custom_id, _ in provider.requests(job)] if result else None
        provider.end(job, lines=lines)


def test_submitted_in_one_run_and_collected_in_a_later_one(provider: FakeProvider, clock: Clock) -> None:
    task = make(provider, ["a", "b", "a", "c", "d", "e"])
    result = task.run()
    assert (result.requests, result.sent, result.left, result.calls, result.stopped) == (5, 5, 0, 2, None)
    assert task.statuses() == {("pending", "batch:submitted"): 6}
    clock.now += MINUTE
    result = task.run()
    assert (result.requests, result.sent, result.calls) == (0, 0, 0)
    assert task.statuses() == {("pending", "batch:running"): 6}
    end_all(provider)
    result = task.run()
    assert (result.succeeded, result.failed, result.input_tokens, result.output_tokens) == (5, 0, 50, 25)
    assert task.statuses() == {("succeeded", None): 6}
    assert task.run().requests == 0
    assert provider.calls["create"] == 2
    [(engine, batch_id, latency, version, model)] = task.connection.execute(
        "select distinct engine, batch_id, latency_ms, prompt_version, model_name from dbt_llm__responses"
        " where batch_id = 'job-0'"
    ).fetchall()
    assert (engine, batch_id, latency, version, model) == ("batch", "job-0", None, "version1", "test-model")


def test_the_intent_is_written_before_anything_is_sent(provider: FakeProvider) -> None:
    task = make(provider, 3)
    seen: list[tuple[str, int]] = []
    provider.step = lambda: seen.append((
        task.connection.execute("select arg_max(state, sequence) from dbt_llm__batches").fetchall()[0][0],
        task.connection.execute("select count(*) from dbt_llm__batch_requests").fetchall()[0][0],
    ))  # fmt: skip
    task.run()
    # Before and after the upload, before and after the create.
    assert seen == [("intended", 3), ("intended", 3), ("uploaded", 3), ("uploaded", 3)]


def test_the_input_file_holds_each_request_once_within_the_limits(tmp_path: Path, clock: Clock) -> None:
    provider = FakeProvider(tmp_path, BatchLimits(requests=100, bytes_=1_000), clock)
    hostile = ['quote " and \\ and \n', "emoji 😀 ü", "x" * 300]
    task = make(provider, [*hostile, *(f"message {number}" for number in range(20))])
    task.run()
    assert len(provider.files) > 2
    assert all(len(file) <= 1_000 for file in provider.files)
    lines = [json.loads(line) for file in provider.files for line in file.splitlines()]
    prompts = [line["body"]["messages"][-1]["content"] for line in lines]
    assert len(prompts) == len(set(prompts)) == 23
    assert {f"PII? {body}" for body in hostile} <= set(prompts)
    keys = task.connection.execute("select request_key from dbt_llm__batch_requests order by rowid").fetchall()
    assert keys == sorted(keys)


def test_no_file_stays_behind(provider: FakeProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    task = make(provider, 10)
    provider.faults.create = [None, "timeout"]
    task.run()
    assert not list(folder.iterdir())


def test_a_request_that_no_job_can_hold_is_final(tmp_path: Path, clock: Clock) -> None:
    provider = FakeProvider(tmp_path, BatchLimits(requests=100, bytes_=1_000), clock)
    task = make(provider, ["short", "x" * 2_000])
    result = task.run()
    assert (result.sent, result.failed, result.left) == (1, 1, 0)
    assert task.statuses() == {("pending", "batch:submitted"): 1, ("quarantined", "invalid_request"): 1}


@pytest.mark.parametrize(
    ("limits", "sent"),
    [
        ({"requests": 5}, 5),
        ({"input_tokens": 5 * 4}, 5),
        ({"output_tokens": 256 * 7}, 7),
        # At half of the prices: 4 tokens of 1 USD and 256 of 2 USD a million.
        ({"cost_usd": 6 * (4 * 0.5 + 256 * 1.0) / 1e6}, 6),
        ({"requests": 0}, 0),
    ],
)
def test_a_limit_holds_before_a_job_is_submitted(provider: FakeProvider, limits: dict[str, Any], sent: int) -> None:
    task = make(provider, 10, limits=limits)
    result = task.run()
    [name] = limits
    assert (result.sent, result.left, result.stopped) == (sent, 10 - sent, f"limit:{name}")
    assert task.statuses().get(("pending", "not_requested"), 0) == 10 - sent
    # The next run does its share.
    assert task.run().sent == min(sent, 10 - sent)


def test_enqueued_tokens_count_what_the_open_jobs_of_all_tasks_hold(provider: FakeProvider) -> None:
    options = BatchOptions(enqueued_tokens=8 * 4)
    first = make(provider, 5, options=options)
    assert first.run().sent == 5
    other = BatchTaskRun(first.connection, provider, options=options, name="other", prompt="Bad? {body}")
    result = other.run()
    assert (result.sent, result.left, result.stopped) == (3, 2, "limit:enqueued_tokens")
    end_all(provider)
    first.run()
    assert other.run().sent == 2


def test_fewer_than_the_provider_takes_stay_pending(tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    provider = FakeProvider(tmp_path, BatchLimits(requests=100, bytes_=1 << 20, min_requests=8), clock)
    task = make(provider, 7)
    result = task.run()
    assert (result.sent, result.left, result.stopped) == (0, 7, "min_requests")
    assert "takes no batch of fewer than 8" in caplog.text
    write_messages(task.connection, [f"message {number}" for number in range(8)])
    assert task.run().sent == 8


def test_jobs_are_of_one_size(tmp_path: Path, clock: Clock) -> None:
    """So that none is left that is too small for the provider."""
    provider = FakeProvider(tmp_path, BatchLimits(requests=100, bytes_=1 << 20, min_requests=40), clock)
    task = make(provider, 102)
    assert task.run().sent == 102
    assert sorted(requests for _, requests in task.states()) == [51, 51]


def test_a_refused_job_ends_the_run_with_the_providers_words(provider: FakeProvider) -> None:
    task = make(provider, 10)
    provider.faults.create = [None, "refused"]
    result = task.run()
    assert (result.sent, result.left, result.stopped) == (4, 6, "fatal")
    assert result.message is not None and "a batch of 4 requests was refused (the job is refused). Expected" in result.message
    assert [state for state, _ in task.states()] == ["submitted", "rejected"]
    assert task.statuses() == {("pending", "batch:submitted"): 4, ("pending", "not_requested"): 6}
    assert task.run().sent == 6


def test_a_throttled_create_leaves_the_rest_pending(provider: FakeProvider) -> None:
    task = make(provider, 10)
    provider.faults.create = [None, "throttled"]
    result = task.run()
    assert (result.sent, result.left, result.throttled, result.stopped) == (4, 6, 1, "throttled")
    assert task.run().sent == 6


def test_a_job_that_never_was_leaves_its_key(provider: FakeProvider) -> None:
    """So that a provider that had it after all knows the next one by it."""
    task = make(provider, 4)
    provider.faults.create = ["throttled"]
    assert task.run().sent == 0
    assert task.run().sent == 4
    assert task.states() == [("submitted", 4)]


def test_a_lost_upload_is_no_job(provider: FakeProvider) -> None:
    task = make(provider, 3)
    provider.faults.upload = ["lost"]
    result = task.run()
    assert (result.sent, result.stopped) == (0, "upload_failed")
    assert task.run().sent == 3
    assert provider.calls["find"] == 0


def test_a_create_that_timed_out_is_discovered_at_once(provider: FakeProvider) -> None:
    task = make(provider, 3)
    provider.faults.create = ["timeout"]
    result = task.run()
    assert (result.sent, result.stopped) == (3, None)
    assert task.statuses() == {("pending", "batch:submitted"): 3}
    assert (provider.calls["create"], provider.calls["find"]) == (1, 1)


def test_a_lost_create_is_not_repeated_before_it_is_sure(provider: FakeProvider, clock: Clock) -> None:
    task = make(provider, 3)
    provider.faults.create = ["lost"]
    result = task.run()
    assert (result.sent, result.left, result.stopped) == (3, 0, "unknown")
    for _ in range(5):
        clock.now += 1.9 * MINUTE
        assert task.run().sent == 0
        assert task.statuses() == {("pending", "batch:unknown"): 3}
    # Ten minutes after, and seen often enough.
    clock.now += MINUTE
    assert task.run().sent == 3
    assert task.statuses() == {("pending", "batch:submitted"): 3}
    assert len(provider.jobs()) == 1


def test_one_look_ten_minutes_after_takes_as_many_lists_as_are_asked_for(provider: FakeProvider, clock: Clock) -> None:
    task = make(provider, 3, options=BatchOptions(absent_lists=4))
    provider.faults.create = ["lost"]
    task.run()
    clock.now += 24 * 60 * MINUTE
    assert task.run().sent == 3
    assert provider.calls["find"] == 4


@pytest.mark.parametrize("fault", ["lost", "absent"])
def test_what_tells_nothing_leaves_a_job_as_it_is(provider: FakeProvider, clock: Clock, fault: str) -> None:
    task = make(provider, 3)
    task.run()
    for _ in range(20):
        clock.now += 24 * 60 * MINUTE
        provider.faults.status = [fault]
        assert task.run().sent == 0
        assert task.statuses() == {("pending", "batch:unknown"): 3}
    [(events,)] = task.connection.execute("select count(*) from dbt_llm__batches").fetchall()
    assert events == 4
    task.run()
    assert task.statuses() == {("pending", "batch:running"): 3}


def test_an_unsure_search_is_no_reason_to_submit(provider: FakeProvider, clock: Clock) -> None:
    task = make(provider, 3)
    provider.faults.create = ["lost"]
    task.run()
    provider.faults.find = ["unsure"] * 10
    for _ in range(10):
        clock.now += 60 * MINUTE
        assert task.run().sent == 0
    assert task.statuses() == {("pending", "batch:unknown"): 3}


@pytest.mark.parametrize("how", ["expired", "cancelled"])
def test_what_was_not_answered_is_asked_again_without_an_attempt(provider: FakeProvider, how: str) -> None:
    task = make(provider, 4, max_attempts=1)
    task.run()
    [job] = provider.running()
    lines = provider.answers(job)
    lines[2:] = [{"custom_id": line["custom_id"], "ended": how} for line in lines[2:]]
    provider.end(job, how, lines)
    result = task.run()
    assert (result.succeeded, result.failed, result.sent) == (2, 0, 2)
    assert task.responses("distinct attempt") == [(1,)]
    # Nothing of it was answered: the same requests again, in a job that must not be taken for this one.
    [job] = provider.running()
    provider.end(job, how, [])
    assert task.run().sent == 2
    assert len({job.label for job in provider.jobs()}) == 3
    end_all(provider)
    task.run()
    assert task.statuses() == {("succeeded", None): 4}


def test_a_failure_in_a_row_takes_an_attempt(provider: FakeProvider) -> None:
    task = make(provider, 3, max_attempts=2)
    task.run()
    for again, status in ((3, 429), (0, 500)):
        end_all(provider, status=status, body=error("busy"))
        result = task.run()
        assert (result.failed, result.sent) == (3, again)
    assert sorted(task.responses("error_class, attempt")) == [("provider_error", 2)] * 3 + [("throttled", 1)] * 3
    assert task.statuses() == {("quarantined", "provider_error"): 3}


def test_a_job_that_failed_as_a_whole_ends_the_run(provider: FakeProvider) -> None:
    task = make(provider, 4)
    task.run()
    [job] = provider.running()
    provider.end(job, "failed", [], message="invalid_json_line: line 3")
    result = task.run()
    assert (result.stopped, result.sent, result.left) == ("fatal", 0, 4)
    assert result.message is not None and "failed (invalid_json_line: line 3)" in result.message
    assert task.run().sent == 4


def test_too_much_enqueued_is_told_afterwards(provider: FakeProvider, caplog: pytest.LogCaptureFixture) -> None:
    task = make(provider, 8)
    task.run()
    [job, _] = provider.running()
    provider.end(job, "failed", [], message="token_limit_exceeded", is_throttled=True)
    result = task.run()
    assert (result.stopped, result.sent, result.left) == ("throttled", 0, 4)
    assert "enqueued" in caplog.text
    end_all(provider)
    assert task.run().sent == 4


@pytest.mark.parametrize(
    ("status", "body"),
    [(401, error("bad key", "invalid_api_key")), (429, error("no credit", "insufficient_quota"))],
)
def test_an_account_that_fails_fails_no_request(provider: FakeProvider, status: int, body: Any) -> None:
    task = make(provider, 4)
    task.run()
    end_all(provider, status=status, body=body)
    result = task.run()
    assert (result.stopped, result.sent, result.failed) == ("fatal", 0, 0)
    assert result.message is not None and f"answered {status} ({body['error']['message']})" in result.message
    assert task.responses() == []
    assert task.statuses() == {("pending", "not_requested"): 4}


def test_credit_that_ran_out_in_the_middle_takes_an_attempt(provider: FakeProvider) -> None:
    task = make(provider, 4)
    task.run()
    [job] = provider.running()
    lines = provider.answers(job)
    lines[0].update(status=429, body=error("no credit", "insufficient_quota"))
    provider.end(job, lines=lines)
    result = task.run()
    assert (result.stopped, result.succeeded, result.failed, result.sent) == (None, 3, 1, 1)


def test_a_task_whose_every_request_is_invalid_is_a_fault_of_the_task(tmp_path: Path, clock: Clock) -> None:
    provider = FakeProvider(tmp_path, BatchLimits(requests=100, bytes_=1 << 20), clock)
    task = make(provider, 30)
    task.run()
    end_all(provider, status=400, body=error("no such parameter"))
    result = task.run()
    assert (result.stopped, result.failed) == ("fatal", 0)
    assert task.responses() == []


def test_a_few_requests_that_are_all_refused_are_not_final(provider: FakeProvider) -> None:
    task = make(provider, 3)
    task.run()
    end_all(provider, status=400, body=error("no such parameter"))
    result = task.run()
    assert (result.stopped, result.failed, result.sent) == ("unanswered", 0, 0)
    assert result.message is not None and "no such parameter" in result.message
    assert task.statuses() == {("pending", "not_requested"): 3} and task.responses() == []
    assert task.run().sent == 3


def test_an_empty_answer_is_asked_once_more_and_then_final_where_others_are_answered(provider: FakeProvider) -> None:
    task = make(provider, 4)
    task.run()
    [job] = provider.running()
    lines = provider.answers(job)
    for line in lines[:2]:
        line["body"] = completion("")
    provider.end(job, lines=lines)
    task.run()
    assert task.statuses() == {("pending", "batch:submitted"): 2, ("succeeded", None): 2}
    [again] = provider.running()
    lines = provider.answers(again)
    lines[0]["body"] = completion(" ")
    provider.end(again, lines=lines)
    assert task.run().sent == 0
    assert task.statuses() == {("quarantined", "invalid_json"): 1, ("succeeded", None): 3}


def test_empty_answers_alone_are_no_proof_against_a_request(provider: FakeProvider) -> None:
    task = make(provider, 3)
    for _ in range(2):
        task.run()
        end_all(provider, status=200, body=completion(""))
    task.connection.execute("update messages set body = 'another' where message_id = 0")
    task.run()
    for job in provider.running():
        lines = [
            {"custom_id": custom_id, "status": 400, "body": error("no such parameter")}
            if "another" in prompt
            else {"custom_id": custom_id, "status": 200, "body": completion("")}
            for custom_id, prompt in provider.requests(job)
        ]
        provider.end(job, lines=lines)
    result = task.run()
    # The blanks were billed, and are counted; nothing is final.
    assert (result.stopped, result.failed, result.input_tokens) == ("unanswered", 2, 20)
    assert task.statuses() == {("pending", "not_requested"): 1, ("quarantined", "provider_error"): 2}


def test_a_filters_refusal_is_no_proof_that_the_model_answers(provider: FakeProvider) -> None:
    task = make(provider, 3)
    task.run()
    [job] = provider.running()
    lines = [
        {"custom_id": custom_id, "status": 400, "body": error("filtered", "content_filter" if number == 0 else None)}
        for number, (custom_id, _) in enumerate(provider.requests(job))
    ]
    provider.end(job, lines=lines)
    assert task.run().stopped == "unanswered"
    assert task.statuses() == {("pending", "not_requested"): 2, ("quarantined", "refused"): 1}


def test_requests_too_long_for_the_model_are_final_without_others(provider: FakeProvider) -> None:
    task = make(provider, 3)
    task.run()
    end_all(provider, status=400, body=error("too long", "context_length_exceeded"))
    task.run()
    assert task.statuses() == {("quarantined", "invalid_request"): 3}


def test_some_invalid_requests_are_final(provider: FakeProvider) -> None:
    task = make(provider, 4)
    task.run()
    [job] = provider.running()
    lines = provider.answers(job)
    lines[0].update(status=400, body=error("too long"))
    lines[1]["body"] = completion("cut", "length")
    lines[2]["body"] = completion("", refusal="no")
    provider.end(job, lines=lines)
    task.run()
    assert task.statuses() == {
        ("quarantined", "invalid_request"): 1,
        ("quarantined", "truncated"): 1,
        ("quarantined", "refused"): 1,
        ("succeeded", None): 1,
    }


def test_results_that_should_not_be_there_are_counted(provider: FakeProvider, caplog: pytest.LogCaptureFixture) -> None:
    task = make(provider, 3)
    task.run()
    [job] = provider.running()
    lines = provider.answers(job)
    lines = [lines[2], lines[0], lines[2], {"custom_id": "stranger", "status": 200, "body": completion()}, lines[1]]
    provider.end(job, lines=lines, counted=3)
    assert task.run().succeeded == 3
    assert "1 of requests that came before, 1 of requests that are not the job's" in caplog.text


def test_results_that_fall_short_are_read_once_more(provider: FakeProvider, clock: Clock) -> None:
    task = make(provider, 3)
    task.run()
    [job] = provider.running()
    lines = provider.answers(job)
    provider.end(job, lines=[*lines[:1], {"custom_id": "", "ended": "error", "message": "not JSON"}], counted=3)
    result = task.run()
    assert (result.succeeded, result.sent) == (1, 0)
    assert task.statuses() == {("succeeded", None): 1, ("pending", "batch:incomplete"): 2}
    # This time the download is whole.
    provider.end(job, lines=lines)
    result = task.run()
    assert (result.succeeded, result.sent) == (2, 0)


def test_results_that_stay_short_are_asked_again(provider: FakeProvider) -> None:
    task = make(provider, 3)
    task.run()
    [job] = provider.running()
    provider.end(job, lines=provider.answers(job)[:1], counted=3)
    task.run()
    result = task.run()
    assert (result.succeeded, result.sent) == (0, 2)


def test_a_lost_download_goes_on_where_it_was(provider: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "COMMIT_ROWS", 2)
    task = make(provider, 4)
    task.run()
    end_all(provider)
    provider.faults.results = [3]
    result = task.run()
    assert (result.succeeded, result.sent) == (2, 0)
    assert task.statuses() == {("succeeded", None): 2, ("pending", "batch:unknown"): 2}
    assert task.run().succeeded == 2
    [(total, cost)] = task.connection.execute(
        "select succeeded_requests, cost_usd from dbt_llm__batches where state = 'collected'"
    ).fetchall()
    assert total == 4 and cost == pytest.approx(4 * (10 * 0.5 + 5 * 1.0) / 1e6)


def test_cost_is_at_batch_prices_and_null_where_it_is_not_known(provider: FakeProvider) -> None:
    task = make(provider, 3, options=BatchOptions(batch_discount=0.25))
    task.run()
    end_all(provider)
    assert task.run().cost_usd == pytest.approx(3 * 0.75 * (10 + 2 * 5) / 1e6)
    # Without usage, at most the estimate of its share of the job's input, and of an answer.
    task = make(provider, 1)
    task.run()
    end_all(provider, status=200, body={**completion(), "usage": None})
    task.run()
    [(cost,)] = task.responses("cost_usd")
    assert cost is not None and 0.5 * 2 * 256 / 1e6 < cost < 0.5 * (2 * 256 + 1000) / 1e6
    # The endpoint has another model by the time at which the job is collected.
    task = make(provider, ["another"])
    task.run()
    end_all(provider)
    later = BatchTaskRun(task.connection, provider, model_name="newer-model")
    later.run()
    assert later.responses("model_name, cost_usd") == [("test-model", None)]


def test_no_prompt_is_kept_or_told(provider: FakeProvider, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    task = make(provider, [SECRET, "b", "c"])
    task.run()
    [job] = provider.running()
    lines = provider.answers(job)
    for line, (_, prompt) in zip(lines, provider.requests(job), strict=True):
        if SECRET in prompt:
            line.update(status=400, body=error(f"cannot take '{prompt}'", "invalid_prompt"))
        elif prompt.endswith("b"):
            line.update(status=400, body=error("cannot take 'b'", "invalid_prompt"))
    provider.end(job, lines=lines)
    task.run()
    kept = [str(task.connection.execute(f"select * from {table}").fetchall()) for table in vars(RELATIONS).values()]
    assert "4111" not in "".join(kept) + caplog.text
    assert set(task.responses("error_message")) == {(None,), ("answered 400 (invalid_prompt)",)}


def test_words_that_two_requests_were_told_hold_no_prompt(provider: FakeProvider) -> None:
    task = make(provider, 3)
    task.run()
    [job] = provider.running()
    lines = provider.answers(job)
    for line in lines[:2]:
        line.update(status=500, body=error("the model is overloaded"))
    provider.end(job, lines=lines)
    task.run()
    assert set(task.responses("error_message")) == {(None,), ("answered 500 (the model is overloaded)",)}


def test_prompts_that_are_stored_are_taken_out_of_messages(provider: FakeProvider) -> None:
    task = make(provider, [SECRET, "another"])
    task.store_prompts = True
    task.run()
    [job] = provider.running()
    lines = provider.answers(job)
    [(number, prompt)] = [(n, prompt) for n, (_, prompt) in enumerate(provider.requests(job)) if SECRET in prompt]
    lines[number].update(status=400, body=error(f"cannot take '{prompt}' so"))
    provider.end(job, lines=lines)
    task.run()
    assert (prompt, "answered 400 (cannot take '…' so)") in task.responses("prompt, error_message")


def test_a_job_of_another_provider_waits_for_it(provider: FakeProvider, caplog: pytest.LogCaptureFixture) -> None:
    task = make(provider, 3)
    task.run()
    end_all(provider)
    provider.name = "other"
    result = task.run()
    assert (result.succeeded, result.sent) == (0, 0)
    assert "was submitted to fake, and endpoint 'fast' now names other" in caplog.text
    provider.name = "fake"
    assert task.run().succeeded == 3


def test_a_request_in_another_tasks_job_is_waited_for(provider: FakeProvider) -> None:
    first = make(provider, 3)
    first.run()
    twin = BatchTaskRun(first.connection, provider, name="twin")
    assert twin.run().requests == 0
    assert twin.statuses() == {("pending", "batch:submitted"): 3}
    end_all(provider)
    # It is the first task's to collect.
    assert twin.run().succeeded == 0
    assert first.run().succeeded == 3
    assert twin.statuses() == {("succeeded", None): 3}


def test_what_another_process_submits_meanwhile_is_left_to_it(provider: FakeProvider) -> None:
    """The window in which two processes can both submit is that between the last look and the intent."""
    first = make(provider, 6)
    second = BatchTaskRun(first.connection, provider)
    late = second.batches()
    late.collect()
    for statement in second.pending:
        first.connection.execute(statement)
    first.connection.execute("create table late_work as from work")
    assert first.run().sent == 6
    result = late.submit("late_work")
    assert (result.sent, result.left, result.calls) == (0, 0, 0)
    assert len(provider.jobs()) == 2


def test_a_job_that_another_process_closed_is_not_created(provider: FakeProvider) -> None:
    task = make(provider, 3)
    batches, steps = task.batches(), 0

    def close() -> None:
        nonlocal steps
        steps += 1
        if steps == 2:
            job = ledger.Ledger(task.warehouse, RELATIONS, "other").open_jobs()[0]
            # As a run that reads the list for the third time would.
            ledger.Ledger(task.warehouse, RELATIONS, "other").record(job, ledger.ABSENT, job.recorded_at)

    provider.step = close
    for statement in task.pending:
        task.connection.execute(statement)
    result = batches.submit("work")
    assert result.sent == 0 or provider.calls["create"] == 0
    assert provider.jobs() == []


def test_an_interrupted_run_stops_between_jobs(provider: FakeProvider) -> None:
    task = make(provider, 12)
    batches = task.batches()
    batches.collect()
    for statement in task.pending:
        task.connection.execute(statement)
    provider.step = batches._run.interruption.interrupt
    result = batches.submit("work")
    assert (result.sent, result.left, result.stopped) == (4, 8, "interrupted")
    assert len(provider.running()) == 1
    provider.step = lambda: None
    assert task.run().sent == 8


def test_cache_only_collects_and_submits_nothing(provider: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    task = make(provider, 3)
    task.run()
    end_all(provider)
    write_messages(task.connection, [f"message {number}" for number in range(5)])
    monkeypatch.setenv("DBT_LLM_MODE", "cache_only")
    result = task.run()
    assert (result.succeeded, result.sent, result.left, result.stopped) == (3, 0, 2, "cache_only")
    assert provider.calls["create"] == 1


def test_nothing_is_submitted_outside_dbt_unless_it_is_asked_for(provider: FakeProvider) -> None:
    task = make(provider, 3)
    batches = Batches(
        BatchTask(task="pii_risk", endpoint=task.endpoint), task.warehouse, RELATIONS, provider, task.form, now=provider.now
    )
    for statement in task.pending:
        task.connection.execute(statement)
    with pytest.raises(SpendRefusedError):
        batches.submit("work")
    assert provider.jobs() == []


def test_options_are_taken_out_of_an_endpoints_entry() -> None:
    options, rest = BatchOptions.split_entry("fast", {"model_name": "m", "enqueued_tokens": 5, "batch_discount": None})
    assert (options, rest) == (BatchOptions(enqueued_tokens=5), {"model_name": "m"})
    with pytest.raises(ConfigurationError) as raised:
        BatchOptions.split_entry("fast", {"batch_discount": 2, "enqueued_tokens": 0, "absent_lists": 1.5})
    assert len(raised.value.faults) == 3


def test_names_that_no_sql_should_hold_are_refused() -> None:
    assert ledger.literal("run-1") == "'run-1'"
    with pytest.raises(Exception, match="not a plain name"):
        ledger.literal("a' or 'b")
    assert Relations("a", "b", "c").batches == "b"


@pytest.mark.parametrize("adapter", ["duckdb", "databricks", "snowflake", "bigquery"])
def test_the_query_of_a_batch_task_parses_in_each_dialect(adapter: str) -> None:
    query, _ = rendered(task_of(), adapter=adapter)
    [parsed] = sqlglot.parse(query, dialect=adapter)
    assert parsed is not None and "llm_batched" in query
    without, _ = rendered({**task_of(), "batches": None}, adapter=adapter)
    assert "batch" not in without


def test_two_tasks_of_one_process_submit_a_request_once(provider: FakeProvider) -> None:
    """The second runs where the first has claimed its requests, and not yet written them down."""
    first = make(provider, 3)
    twin = BatchTaskRun(first.connection.cursor(), provider, name="twin")
    for statement in first.pending:
        first.connection.execute(statement)
    results_of_twin = []

    def run_twin() -> None:
        if not results_of_twin:
            results_of_twin.append(None)
            results_of_twin[0] = twin.batches().submit("work")

    first.warehouse.step = run_twin
    result = first.batches().submit("work")
    assert (result.sent, len(provider.jobs())) == (3, 1)
    [of_twin] = results_of_twin
    assert (of_twin.sent, of_twin.left, of_twin.stopped) == (0, 0, None)


def test_two_runs_that_collect_one_job_keep_each_answer_once(provider: FakeProvider) -> None:
    """The second one collects it between the first one's reading and its write."""
    task = make(provider, 4)
    task.run()
    end_all(provider)
    other = BatchTaskRun(task.connection, provider)
    read = provider.results
    has_read = False

    def results(batch_id: str, status: BatchStatus) -> Iterator[BatchResult]:
        nonlocal has_read
        yield from read(batch_id, status)
        if not has_read:
            has_read = True
            other.run()

    provider.results = results  # type: ignore[method-assign]
    outcome = task.run()
    assert task.responses("count(*), count(distinct request_key)") == [(4, 4)]
    # What one has counted the other has not.
    assert outcome.succeeded == 0
    states = task.connection.execute("select state, count(*) from dbt_llm__batches where not is_open group by 1").fetchall()
    assert states == [("collected", 1)]


@pytest.mark.parametrize(
    "edit",
    [
        "is_open = null",
        "sequence = null",
        "recorded_at = null",
        "requests = null, estimated_input_tokens = null",
        "endpoint = null",
    ],
)
def test_a_ledger_with_gaps_pays_nothing_twice(provider: FakeProvider, edit: str) -> None:
    task = make(provider, 4)
    task.run()
    task.connection.execute(f"update dbt_llm__batches set {edit}")
    task.run()
    assert len(provider.running()) == 1
    end_all(provider)
    task.run()
    assert task.responses("count(*), count(distinct request_key)") == [(4, 4)]
    assert not provider.running()


@pytest.mark.parametrize("edit", ["provider = null", "state = null", "task = null", "intended_at = null, recorded_at = null"])
def test_a_ledger_that_says_too_little_is_an_error_and_pays_nothing(provider: FakeProvider, edit: str) -> None:
    task = make(provider, 4)
    task.run()
    task.connection.execute(f"update dbt_llm__batches set {edit}")
    with pytest.raises(DbtLlmError, match=r"the ledger does not say .* of the batch \w+.*close_batch"):
        task.run()
    assert len(provider.running()) == 1


def test_requests_that_an_edit_has_left_without_a_key_are_asked_again(provider: FakeProvider) -> None:
    task = make(provider, 4)
    task.run()
    first = "(select min(custom_id) from dbt_llm__batch_requests)"
    task.connection.execute(f"update dbt_llm__batch_requests set custom_id = null where custom_id = {first}")
    task.connection.execute("update dbt_llm__batch_requests set attempt = null")
    end_all(provider)
    task.run()
    assert task.responses("count(*), count(distinct request_key)") == [(3, 3)]


def test_few_requests_that_all_fail_are_told_with_the_providers_words(
    provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    task = make(provider, 2)
    task.run()
    [job] = provider.running()
    lines = provider.answers(job)
    for number, line in enumerate(lines):
        line.update(status=400, body=error(f"max_tokens is too large: {90000 + number}"))
    provider.end(job, lines=lines)
    task.run()
    # Too few to tell whose fault it is, so nothing is kept.
    assert task.responses("error_message") == []
    assert "answered 400 (max_tokens is too large: …)" in caplog.text
