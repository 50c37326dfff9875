"""The batch engine through each provider's own client, against the local server with its faults."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

import pytest

from dbt_llm.engines.batch.batch_run import BatchOptions
from dbt_llm.engines.batch.providers import make
from dbt_llm.testing import BatchFaults, Server, from_schema
from tests.support.batch_task import MODEL, BatchTaskRun, opened

BODIES = [f"message {number}" for number in range(30)]
PROMPTS = [f"PII? {body}" for body in BODIES]
PROVIDERS = ["openai", "anthropic", "gemini", "mistral"]
PACKAGES = {"openai": "openai", "anthropic": "anthropic", "gemini": "google.genai", "mistral": "mistralai.client"}


@pytest.fixture(autouse=True)
def _outside_dbt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dbt.flags.GLOBAL_FLAGS", Namespace())


def task_of(server: Server, name: Any, batch_requests: int = 20) -> BatchTaskRun:
    pytest.importorskip(PACKAGES[name])
    provider = make({"provider": name, "model_name": MODEL, "base_url": server.url(name)}, "k")
    options = BatchOptions(batch_requests=batch_requests)
    return BatchTaskRun(opened(bodies=BODIES), provider, options=options, endpoint={"provider": name}, max_attempts=20)


def run_to_the_end(task: BatchTaskRun, server: Server, most: int = 14) -> None:
    """Run until every row is settled; each job ends between two runs."""
    for _ in range(most):
        task.run()
        if task.statuses() == {("succeeded", None): len(BODIES)}:
            return
        server.batches.finish()
        # A row that fails would fail for ever.
        server.batches.faults = BatchFaults()
    raise AssertionError(task.statuses())


@pytest.mark.parametrize("name", PROVIDERS)
def test_submitted_and_collected(name: str) -> None:
    with Server(from_schema) as server:
        task = task_of(server, name)
        assert task.run().sent == len(BODIES)
        assert task.statuses() == {("pending", "batch:submitted"): len(BODIES)}
        server.batches.finish()
        result = task.run()
        assert (result.succeeded, result.sent) == (len(BODIES), 0)
        assert task.statuses() == {("succeeded", None): len(BODIES)}
        assert [server.counters.batch_submissions(prompt) for prompt in PROMPTS] == [1] * len(BODIES)
        assert [state for state, _ in task.states()] == ["collected", "collected"]


@pytest.mark.parametrize(("name", "create"), [*((name, "drop_after") for name in PROVIDERS), ("openai", "error_after")])
def test_a_create_that_came_through_is_found_and_not_repeated(name: str, create: Any) -> None:
    faults = BatchFaults(create=[create], list_lag=2, not_found_first_n=2, duplicated=0.2, reordered=True)
    with Server(from_schema, batch_faults=faults) as server:
        task = task_of(server, name)
        task.run()
        task.run()
        run_to_the_end(task, server)
        assert [server.counters.batch_submissions(prompt) for prompt in PROMPTS] == [1] * len(BODIES)


@pytest.mark.parametrize(("name", "end"), [*((name, "expired") for name in PROVIDERS), ("openai", "cancelled")])
def test_what_a_job_left_is_asked_again_and_nothing_else(name: str, end: Any) -> None:
    faults = BatchFaults(end=end, row_errors={429: 0.1, 500: 0.1}, reordered=True)
    with Server(from_schema, batch_faults=faults) as server:
        task = task_of(server, name)
        run_to_the_end(task, server)
        assert [server.counters.batch_answers(prompt) for prompt in PROMPTS] == [1] * len(BODIES)
        assert task.responses("count(*)")[0] >= (len(BODIES),)


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_job_that_came_to_nothing_is_told(name: str) -> None:
    with Server(from_schema, batch_faults=BatchFaults(end="failed")) as server:
        # On Anthropic, where no job fails as a whole, each request is refused; that many are no coincidence.
        task = task_of(server, name, batch_requests=len(BODIES))
        task.run()
        server.batches.finish()
        result = task.run()
        assert (result.stopped, result.sent) == ("fatal", 0)
        assert task.responses() == []
        server.batches.faults = BatchFaults()
        run_to_the_end(task, server)
