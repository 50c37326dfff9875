"""The stand-in's Batch APIs, through the official clients."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import httpx
import pytest

from dbt_llm.testing import ChatRequest, Faults, Reply, Server, echo, from_schema
from tests.support.batch_clients import MODEL, NAMES, Anthropic, BatchClient, Gemini, Mistral, OpenAI, Result, chat, make

PROMPTS = {f"row-{number}": f"prompt {number}" for number in range(4)}

STATES = {
    "openai": ["validating", "in_progress", "finalizing", "completed"],
    "anthropic": ["in_progress", "ended"],
    "gemini": ["JOB_STATE_PENDING", "JOB_STATE_RUNNING", "JOB_STATE_SUCCEEDED"],
    "mistral": ["QUEUED", "RUNNING", "SUCCESS"],
}


@pytest.fixture(scope="module")
def shared() -> Iterator[Server]:
    with Server(echo) as running:
        yield running


@pytest.fixture(params=NAMES)
def client(request: pytest.FixtureRequest, shared: Server) -> BatchClient:
    shared.reset()
    return make(request.param, shared)


def echoed(results: list[Result]) -> dict[str | None, str]:
    return {result.custom_id: json.loads(result.text or "null")["echo"] for result in results}


def test_a_job_goes_through_its_states_as_the_test_moves_it(client: BatchClient, shared: Server) -> None:
    job = client.create(client.upload(PROMPTS))
    states = [client.state(job)]
    for _ in STATES[client.name][1:]:
        assert shared.counters.answered_in_batches == 0
        # A look changes nothing.
        assert client.state(job) == states[-1]
        shared.batches.advance()
        states.append(client.state(job))
    assert states == STATES[client.name]
    assert echoed(client.results(job)) == PROMPTS
    assert shared.counters.submitted_in_batches == shared.counters.answered_in_batches == 4
    assert shared.counters.batch_answers("prompt 1") == shared.counters.batch_submissions("prompt 1") == 1
    assert (shared.counters.calls, shared.counters.answered) == (0, 0)


def test_a_prompt_that_is_submitted_twice_is_seen(client: BatchClient, shared: Server) -> None:
    for _ in range(2):
        client.create(client.upload({"a": "same", "b": f"prompt of {client.name}"}))
    assert shared.counters.batch_calls["create"] == 2
    assert shared.counters.max_batch_submissions_of_a_prompt == 2
    assert shared.counters.max_batch_answers_of_a_prompt == 0
    assert len(shared.batches.finish()) >= 2
    assert shared.counters.batch_answers("same") >= 2
    assert shared.batches.finish() == []


def test_jobs_end_after_so_many_polls(client: BatchClient, shared: Server) -> None:
    shared.batches.polls_to_end = 2
    try:
        job = client.create(client.upload(PROMPTS))
        states = [client.state(job) for _ in range(3)]
    finally:
        shared.batches.polls_to_end = None
    assert states[-1] == STATES[client.name][-1]
    assert STATES[client.name][-1] not in states[:2]


def test_the_list_is_newest_first_and_has_pages(client: BatchClient) -> None:
    jobs = [client.create(client.upload(PROMPTS)) for _ in range(3)]
    # Two on a page, so that the third is on another.
    assert client.jobs()[:3] == jobs[::-1]


@pytest.mark.parametrize(
    ("name", "while_cancelling", "after", "left"),
    [
        ("openai", "cancelling", "cancelled", "batch_cancelled"),
        ("anthropic", "canceling", "ended", "canceled"),
        ("gemini", "JOB_STATE_PENDING", "JOB_STATE_CANCELLED", None),
        ("mistral", "CANCELLATION_REQUESTED", "CANCELLED", None),
    ],
)
def test_a_cancelled_job_delivers_what_it_had_answered(name: str, while_cancelling: str, after: str, left: str | None) -> None:
    with Server(echo) as server:
        client = make(name, server)
        job = client.create(client.upload(PROMPTS))
        client.cancel(job)
        assert client.state(job) == while_cancelling
        server.batches.advance()
        assert client.state(job) == after
        results = client.results(job)
    assert echoed([one for one in results if one.text]) == {"row-0": "prompt 0", "row-1": "prompt 1"}
    assert [one.failure for one in results if not one.text] == ([left, left] if left else [])
    assert server.counters.answered_in_batches == 2


def test_what_live_calls_would_meet_is_in_the_rows(client: BatchClient, shared: Server) -> None:
    shared.faults = Faults(truncated=1.0)
    try:
        job = client.create(client.upload({"a": f"cut short by {client.name}"}))
        shared.batches.finish(job)
        (result,) = client.results(job)
    finally:
        shared.faults = Faults()
    text = result.text or ""
    assert text and json.dumps({"echo": f"cut short by {client.name}"}).startswith(text)


def test_rows_fail_by_the_server_s_faults_and_by_its_answer_function(client: BatchClient, shared: Server) -> None:
    def answer(request: ChatRequest) -> str | Reply:
        return Reply("No.", status=400) if "refused" in request.prompt else echo(request)

    shared.answer, shared.faults = answer, Faults(throttle=[1])
    try:
        job = client.create(client.upload({"a": f"first time {client.name}"}))
        shared.batches.finish(job)
        again = client.create(client.upload({"a": f"first time {client.name}", "b": "refused"}))
        shared.faults = Faults()
        shared.batches.finish(again)
        throttled, retried = client.results(job), client.results(again)
    finally:
        shared.answer, shared.faults = echo, Faults()
    too_many = {"openai": "429", "mistral": "429", "gemini": "8", "anthropic": "rate_limit_error"}
    refused = {"openai": "400", "mistral": "400", "gemini": "3", "anthropic": "invalid_request_error"}
    assert [one.failure for one in throttled] == [too_many[client.name]]
    assert Counter(one.failure for one in retried) == {None: 1, refused[client.name]: 1}
    assert shared.counters.answered_in_batches == 1


def test_openai_s_job_tells_everything_about_itself(shared: Server) -> None:
    shared.reset()
    client = OpenAI(shared)
    uploaded = client.upload(PROMPTS)
    job = client.create(uploaded, "a label")
    open_job = client.sdk.batches.retrieve(job)
    assert (open_job.metadata, open_job.input_file_id, open_job.output_file_id) == ({"label": "a label"}, uploaded, None)
    shared.batches.finish(job)
    ended = client.sdk.batches.retrieve(job)
    assert ended.request_counts.to_dict() == {"total": 4, "completed": 4, "failed": 0}
    assert ended.completed_at and ended.error_file_id is None and ended.errors is None
    assert ended.usage.total_tokens == ended.usage.input_tokens + ended.usage.output_tokens > 0
    file = client.sdk.files.retrieve(ended.output_file_id)
    assert (file.purpose, file.bytes) == ("batch_output", len(client.sdk.files.content(file.id).content))
    assert uploaded in [one.id for one in client.sdk.files.list(purpose="batch")]
    assert client.sdk.files.delete(uploaded).deleted
    with pytest.raises(Exception, match="No such File"):
        client.sdk.files.retrieve(uploaded)
    with pytest.raises(Exception, match="Cannot cancel"):
        client.cancel(job)


def test_openai_s_responses_and_azure_s_address(shared: Server) -> None:
    client = OpenAI(shared, "azure")
    line = {"custom_id": "a", "method": "POST", "url": "/v1/responses", "body": {"model": MODEL, "input": "hello"}}
    file = client.sdk.files.create(file=("r.jsonl", json.dumps(line).encode()), purpose="batch")
    job = client.sdk.batches.create(completion_window="24h", endpoint="/v1/responses", input_file_id=file.id)
    shared.batches.finish(job.id)
    (result,) = client.sdk.files.content(client.sdk.batches.retrieve(job.id).output_file_id).content.splitlines()
    body = json.loads(result)["response"]["body"]
    assert (body["object"], body["output"][0]["content"][0]["text"]) == ("response", '{"echo": "hello"}')


@pytest.mark.parametrize(
    ("lines", "code", "at"),
    [
        ([{"custom_id": "a"}, None], "invalid_json_line", 2),
        ([{"custom_id": "a"}, {"custom_id": "a"}], "duplicate_custom_id", 2),
        ([{"custom_id": "a"}, {"custom_id": "b", "url": "/v1/embeddings"}], "url_mismatch", 2),
        ([{"custom_id": "a"}, {"custom_id": "b", "body": chat("p") | {"model": "another"}}], "model_mismatch", None),
        ([{"custom_id": 1}], "missing_required_parameter", 1),
        ([], "empty_file", None),
    ],
)
def test_openai_s_validation_fails_the_whole_job(
    shared: Server, lines: list[dict[str, object] | None], code: str, at: int | None
) -> None:
    shared.reset()
    client = OpenAI(shared)
    usual = {"method": "POST", "url": "/v1/chat/completions", "body": chat("p")}
    text = "".join("{no json\n" if line is None else json.dumps({**usual, **line}) + "\n" for line in lines)
    file = client.sdk.files.create(file=("r.jsonl", text.encode() or b"\n"), purpose="batch")
    job = client.create(file.id)
    shared.batches.finish(job)
    ended = client.sdk.batches.retrieve(job)
    assert (ended.status, ended.output_file_id, ended.error_file_id) == ("failed", None, None)
    assert [(error.code, error.line) for error in ended.errors.data] == [(code, at)]
    assert shared.counters.answered_in_batches == 0


def test_openai_refuses_what_is_no_job(shared: Server) -> None:
    client = OpenAI(shared)
    create = client.sdk.batches.create
    uploaded = client.upload(PROMPTS)
    with pytest.raises(Exception, match="no file 'file-none'"):
        create(completion_window="24h", endpoint="/v1/chat/completions", input_file_id="file-none")
    with pytest.raises(Exception, match="completion_window"):
        create(completion_window="1h", endpoint="/v1/chat/completions", input_file_id=uploaded)
    with pytest.raises(Exception, match="Invalid value"):
        create(completion_window="24h", endpoint="/v1/moderations", input_file_id=uploaded)
    many = {str(number): "" for number in range(17)}
    with pytest.raises(Exception, match="up to 16 pairs"):
        create(completion_window="24h", endpoint="/v1/chat/completions", input_file_id=uploaded, metadata=many)
    with pytest.raises(Exception, match="takes 'batch'"):
        client.sdk.files.create(file=("r.jsonl", b"{}"), purpose="assistants")


def test_anthropic_s_job_tells_everything_about_itself(shared: Server) -> None:
    client = Anthropic(shared)
    job = client.create(client.upload(PROMPTS))
    running = client.sdk.messages.batches.retrieve(job)
    assert (running.request_counts.processing, running.request_counts.succeeded) == (4, 0)
    assert running.results_url is None and (running.expires_at - running.created_at).days == 1
    shared.batches.finish(job)
    ended = client.sdk.messages.batches.retrieve(job)
    assert (ended.request_counts.processing, ended.request_counts.succeeded) == (0, 4)
    message = next(iter(client.sdk.messages.batches.results(job))).result.message
    assert (message.usage.service_tier, message.stop_reason) == ("batch", "end_turn")
    # Straight from the address that the job names, too.
    assert len(httpx.get(ended.results_url).text.splitlines()) == 4
    newer = client.create(client.upload(PROMPTS))
    page = client.sdk.messages.batches.list(before_id=job, limit=1)
    assert [one.id for one in page.data] == [newer]


@pytest.mark.parametrize(
    ("requests", "fault"),
    [
        ([("x" * 65, {})], "requests.0.custom_id: String should match pattern"),
        ([("a:b", {})], "requests.0.custom_id: String should match pattern"),
        ([("a", {}), ("a", {})], "Duplicate custom_id"),
        ([("a", None)], "requests.0.params: Field required"),
        ([], "at least 1 item"),
    ],
)
def test_anthropic_refuses_what_is_no_job(shared: Server, requests: list[tuple[str, object]], fault: str) -> None:
    shared.reset()
    client = Anthropic(shared)
    with pytest.raises(Exception, match=fault):
        client.create([{"custom_id": custom_id, "params": params} for custom_id, params in requests])
    assert shared.counters.submitted_in_batches == 0


def test_anthropic_validates_a_row_s_parameters_only_later(shared: Server) -> None:
    client = Anthropic(shared)
    job = client.create([{"custom_id": "a", "params": {"model": "m", "messages": [{"role": "user", "content": "p"}]}}])
    shared.batches.finish(job)
    assert client.results(job) == [Result("a", failure="invalid_request_error")]


def test_gemini_s_files_and_inline_requests(shared: Server, tmp_path: Path) -> None:
    client = Gemini(shared)
    path = tmp_path / "requests.jsonl"
    # More than the eight megabytes that this client sends at once.
    filler = {"key": "big", "request": {"contents": [{"parts": [{"text": "x" * 9_000_000}]}]}}
    path.write_text(json.dumps(filler) + "\n")
    uploaded = client.sdk.files.upload(file=path, config={"mime_type": "jsonl", "name": "my-requests"})
    assert (uploaded.name, uploaded.size_bytes) == ("files/my-requests", path.stat().st_size)
    with pytest.raises(Exception, match="Only generated files"):
        client.sdk.files.download(file="files/my-requests")
    with pytest.raises(Exception, match="already exists"):
        client.sdk.files.upload(file=path, config={"mime_type": "jsonl", "name": "my-requests"})
    assert client.sdk.files.get(name="files/my-requests").state.name == "ACTIVE"
    assert "files/my-requests" in [one.name for one in client.sdk.files.list()]
    client.sdk.files.delete(name="files/my-requests")

    requests = [{"contents": prompt, "metadata": {"key": key}} for key, prompt in PROMPTS.items()]
    job = client.sdk.batches.create(model=MODEL, src=requests, config={"display_name": "a label"})
    shared.batches.finish(job.name)
    ended = client.sdk.batches.get(name=job.name)
    assert (ended.display_name, ended.model, ended.done) == ("a label", f"models/{MODEL}", True)
    answers = {one.metadata["key"]: json.loads(one.response.text)["echo"] for one in ended.dest.inlined_responses}
    assert answers == PROMPTS


def test_mistral_s_list_has_filters_and_its_results_may_be_inline(shared: Server) -> None:
    client = Mistral(shared)
    uploaded = client.upload(PROMPTS)
    job = client.create(uploaded, "mine")
    other = client.create(client.upload(PROMPTS), "another")
    listed = client.sdk.batch.jobs.list
    assert [one.id for one in listed(metadata={"label": "mine"}).data] == [job]
    created_at = shared.batches.job(job).created_at
    shared.batches.finish(job)
    assert [one.id for one in listed(status=["SUCCESS"], metadata={"label": "mine"}).data] == [job]
    assert [one.id for one in listed(status=["QUEUED"], metadata={"label": "another"}).data] == [other]
    later = datetime.fromtimestamp(created_at + 60, timezone.utc)
    assert listed(created_after=later).data == []
    ended = client.sdk.batch.jobs.get(job_id=job, inline=True)
    assert (ended.total_requests, ended.succeeded_requests, len(ended.outputs)) == (4, 4, 4)
    inline = [{"custom_id": "a", "body": {"messages": chat("inline")["messages"]}}]
    job = client.sdk.batch.jobs.create(endpoint="/v1/chat/completions", requests=inline, model=MODEL).id
    shared.batches.finish(job)
    assert echoed(client.results(job)) == {"a": "inline"}


def test_a_key_is_asked_for_in_each_provider_s_way() -> None:
    with Server(echo, api_key="k") as server:
        for name in NAMES:
            client = make(name, server)
            client.create(client.upload({"a": name}))
        assert httpx.get(f"{server.base_url}/batches", headers={"Authorization": "Bearer no"}).status_code == 401
    assert server.counters.submitted_in_batches == 4


def test_the_files_are_gone_when_the_server_stops() -> None:
    with Server(from_schema) as server:
        client = make("openai", server)
        client.upload(PROMPTS)
        (file,) = server.batches.files.newest_first()
        assert file.path.exists()
    assert not file.path.exists()
    assert not file.path.parent.exists()
