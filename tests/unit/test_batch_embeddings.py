"""Vectors from Batch APIs: one text a line, each in its table before its response, at the price of a batch."""

from pathlib import Path
from typing import Any

import pytest

from dbt_llm.client import ConfigurationError
from dbt_llm.engines.auto import Load, choose
from dbt_llm.engines.batch.provider import BatchLimits
from dbt_llm.engines.batch.providers import make
from dbt_llm.testing import Server, hashed_ngrams
from tests.support.batch_clients import needs_client
from tests.support.batch_provider import FakeProvider, error
from tests.support.batch_task import BatchTaskRun, opened, vectors_of
from tests.unit.test_engine_auto import PRICES, endpoint

DIMENSIONS = 16


@pytest.fixture
def provider(tmp_path: Path) -> FakeProvider:
    return FakeProvider(tmp_path, BatchLimits(requests=100, bytes_=1 << 20), lambda: 1.7e9)


def task_of(provider: Any, bodies: list[str], **options: Any) -> BatchTaskRun:
    return BatchTaskRun(opened(bodies=bodies), provider, **vectors_of(DIMENSIONS), **options)


def answered(vector: list[float], index: int = 0, tokens: int | None = 8) -> dict[str, Any]:
    usage = {} if tokens is None else {"usage": {"prompt_tokens": tokens, "total_tokens": tokens}}
    return {"status": 200, "body": {"model": "served", "data": [{"index": index, "embedding": vector}], **usage}}


def end(provider: FakeProvider, **by_text: dict[str, Any]) -> None:
    """End the open jobs; each text is answered by its vector, but for these."""
    for job in provider.running():
        lines = [
            {"custom_id": custom_id, **by_text.get(text, answered(hashed_ngrams(text, DIMENSIONS)))}
            for custom_id, text in provider.requests(job)
        ]
        provider.end(job, lines=lines)


def vectors(task: BatchTaskRun) -> dict[str, list[float]]:
    query = "select body, embedding from (" + task.query + ") where embedding is not null"
    return {body: list(vector) for body, vector in task.connection.execute(query).fetchall()}


def test_each_text_is_a_line_and_what_is_no_vector_costs_its_neighbours_nothing(provider: FakeProvider) -> None:
    task = task_of(provider, ["a", "b", "a", "c", "d", "e"])
    result = task.run()
    assert (result.sent, result.calls, task.statuses()) == (5, 1, {("pending", "batch:submitted"): 6})
    refused = {"status": 400, "body": error("This input is not valid.")}
    end(provider, c=answered([1.0] * 15), d=refused, e=answered([1.0] * 16, index=1))
    result = task.run()
    # What came for another place is no vector of this text, and asked for again.
    assert (result.succeeded, result.failed, result.sent) == (3, 2, 1)
    assert task.statuses() == {
        ("succeeded", None): 3,
        ("quarantined", "wrong_length:embedding"): 1,
        ("quarantined", "invalid_request"): 1,
        ("pending", "batch:submitted"): 1,
    }
    end(provider)
    result = task.run()
    assert (result.requests, result.succeeded) == (0, 1)
    assert vectors(task) == {text: pytest.approx(hashed_ngrams(text, DIMENSIONS), abs=1e-6) for text in "abe"}
    # 8 tokens each at half of 1 USD a million, and none of output.
    kept = task.responses("completion, input_tokens, output_tokens, cost_usd, engine")
    assert kept.count(("", 8, 0, pytest.approx(4e-6), "batch")) == 4
    assert task.connection.execute("select count(*), max(dimensions), max(model_name) from dbt_llm__embeddings").fetchall() == [
        (4, 16, "test-model")
    ]


def test_a_run_that_dies_between_a_vector_and_its_response_takes_both_from_the_job_again(tmp_path: Path) -> None:
    appends = 0
    dies_at = 0

    def step() -> None:
        nonlocal appends
        appends += 1
        if appends == dies_at:
            raise KeyboardInterrupt

    provider = FakeProvider(tmp_path, BatchLimits(requests=100, bytes_=1 << 20), lambda: 1.7e9)
    task = task_of(provider, ["a", "b"], step=step)
    task.run()
    end(provider)
    # The event of the job, the vectors, then the responses, each with a step before and after.
    dies_at = appends + 5
    with pytest.raises(KeyboardInterrupt):
        task.run()
    assert task.responses("count(*)") == [(0,)]
    assert task.connection.execute("select count(*) from dbt_llm__embeddings").fetchall() == [(2,)]
    dies_at = 0
    result = task.run()
    assert (result.requests, result.succeeded, task.statuses()) == (0, 2, {("succeeded", None): 2})
    assert task.responses("count(*)") == [(2,)] and provider.calls["create"] == 1


def test_where_no_vector_has_the_length_nothing_more_is_submitted(provider: FakeProvider) -> None:
    task = task_of(provider, ["a", "b", "c"])
    task.run()
    end(provider, **{text: answered([0.5] * 3) for text in "abc"})
    task.connection.execute("insert into messages values (9, 'another')")
    result = task.run()
    assert (result.stopped, result.sent, provider.calls["create"]) == ("fatal", 0, 1)
    assert result.message is not None and "makes vectors of 3 numbers. Expected 16" in result.message


def test_what_may_be_billed_and_tells_no_tokens_is_counted_without_output(provider: FakeProvider) -> None:
    task = task_of(provider, ["a" * 400])
    task.run()
    end(provider, **{"a" * 400: answered([0.5] * 16, tokens=None)})
    task.run()
    assert task.responses("input_tokens, cost_usd") == [(None, pytest.approx(100 * 0.5 / 1e6))]


@pytest.mark.parametrize("name", ["openai", "mistral"])
def test_by_the_providers_own_client(name: Any) -> None:
    needs_client(name)
    with Server() as server:
        server.embed = lambda text, _: hashed_ngrams(text, DIMENSIONS)
        entry = {"provider": name, "model_name": "test-model", "base_url": server.url(name)}
        task = task_of(make(entry, "key", for_vectors=True), ["a", "b", "a"], endpoint={"provider": name})
        assert (task.run().sent, server.counters.submitted_in_batches) == (2, 2)
        server.batches.finish()
        assert task.run().succeeded == 2
        assert (server.counters.answered_in_batches, server.counters.calls) == (2, 0)
    assert set(vectors(task)) == {"a", "b"} and task.statuses() == {("succeeded", None): 3}


def test_a_batch_api_without_embeddings_is_refused() -> None:
    entry = {"provider": "azure", "model_name": "m", "base_url": "https://a.openai.azure.com/openai/v1"}
    with pytest.raises(ConfigurationError, match="makes no embeddings with provider 'azure'. Expected one of openai, mistral"):
        make(entry, "key", for_vectors=True)


def test_auto_counts_calls_not_texts() -> None:
    """At one text a call 5 million would take too long, and go as a batch whatever it costs."""
    slow = endpoint(requests_per_minute=1_000, **PRICES)
    assert choose(Load(5_000_000, 20, 0, 0), slow, 0.0, 24).engine == "batch"
    assert choose(Load(5_000_000, 20, 0, 0, inputs_per_call=256), slow, 0.0, 24).engine == "async"
