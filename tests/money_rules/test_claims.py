"""Tasks and runs side by side on a warehouse, with claims: each request is asked by one, and what a dead run holds is told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dbt_llm.contract import request_key
from dbt_llm.testing import Faults, Server
from tests.money_rules.test_chunks import CHUNK, DIES, MACROS, Chunked
from tests.support.project import PII
from tests.support.repairs import REPAIRING, mends

AS_A_WAREHOUSE = "{% macro duckdb__asks_each_request_once() %}{{ return(false) }}{% endmacro %}\n"
CLAIMING = {**PII, "claim_minutes": 60}


@pytest.fixture
def chunked(tmp_path: Path, server: Server) -> Iterator[Chunked]:
    made = Chunked(tmp_path / "project", server.base_url)
    made.write_macros(MACROS + AS_A_WAREHOUSE)
    made.messages([(i, f"message {i % 15}") for i in range(20)])
    made.task("pii_risk", CLAIMING)
    yield made
    assert made.left_behind() == []
    assert made.query("select * from dbt_llm__claims") == []


def execute(project: Chunked, statement: str) -> None:
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(statement)


def test_tasks_of_one_command_ask_each_request_once_and_need_no_warning(chunked: Chunked, server: Server) -> None:
    server.faults = Faults(latency_s=0.05)
    for name in ("pii_second", "pii_third"):
        chunked.task(name, CLAIMING)
    result = chunked.run_tasks("--threads", "4")
    # Where all three give way to each other, twice, a request waits for the next run.
    assert CHUNK < server.counters.calls == len(server.counters.calls_by_prompt), result.output
    assert "run them at once" not in result.output
    chunked.run_tasks()
    assert server.counters.calls == 15 == len(server.counters.calls_by_prompt)
    for name in ("pii_risk", "pii_second", "pii_third"):
        assert chunked.statuses(name) == {("succeeded", None): 20}


def test_refused_answers_of_tasks_side_by_side_are_asked_for_once_more_and_no_more(chunked: Chunked, server: Server) -> None:
    server.answer, server.faults = mends, Faults(latency_s=0.05)
    names = ("pii_risk", "pii_second", "pii_third")
    for name in names:
        chunked.task(name, {**REPAIRING, "claim_minutes": 60})
    said = chunked.run_tasks("--threads", "4").output
    assert CHUNK < server.counters.calls == len(server.counters.calls_by_prompt), said
    chunked.run_tasks()
    assert server.counters.calls == 20 == len(server.counters.calls_by_prompt)
    assert [chunked.statuses(name) for name in names] == [{("succeeded", None): 20}] * 3


def test_what_another_run_holds_is_told_and_is_asked_once_it_is_freed(chunked: Chunked, server: Server) -> None:
    asked = {name: PII[name] for name in ("model_parameters", "response_format")}
    for n in (1, 2):
        key = request_key(PII["prompt"].replace("{body}", f"message {n}"), model_name="test-model", **asked)
        claim = f"'{key}', 'pii_risk', 'dead-run', true, 60, timezone('UTC', now())"
        execute(chunked, f"insert into dbt_llm__claims select {claim}")
    said = " ".join(chunked.run_tasks().output.split())
    assert server.counters.calls == 13
    assert "2 requests stay pending (claimed), 13 were answered and 0 failed" in said
    assert "Invocation dead-run (pii_risk) has claimed 2 of them, 0 minutes ago, for 60 more at most" in said
    assert chunked.query("select left_requests, stop_reason from dbt_llm__runs order by started_at desc limit 1") == [
        (2, "claimed")
    ]
    listed = chunked.dbt("run-operation", "dbt_llm.release_claims")
    assert listed.ok and "dead-run" in listed.output, listed.output
    freed = chunked.dbt("run-operation", "dbt_llm.release_claims", "--args", "{invocation_id: dead-run}")
    assert "invocation dead-run held pii_risk: 2 requests" in freed.output
    assert server.counters.calls == 13
    chunked.run_tasks()
    assert server.counters.calls == 15
    assert chunked.statuses() == {("succeeded", None): 20}


@pytest.mark.parametrize("is_hooked", [False, True])
def test_a_failed_runs_answers_are_taken_over_once_its_claims_end(chunked: Chunked, server: Server, is_hooked: bool) -> None:
    """The project's hook ends them, or an hour does."""
    path = chunked.folder / "dbt_project.yml"
    hook: dict[str, Any] = {"on-run-end": "{{ dbt_llm.release_claims() }}"} if is_hooked else {}
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **hook}, sort_keys=False))
    chunked.write_macros(MACROS.split("{% macro duckdb__answers_query")[0] + DIES + AS_A_WAREHOUSE)
    assert not chunked.dbt("run", "--select", "pii_risk").ok
    assert server.counters.calls == CHUNK
    chunked.write_macros(MACROS + AS_A_WAREHOUSE)
    if not is_hooked:
        result = chunked.run_tasks()
        # All but the failed run's chunk, whose answers are there and not its own to take.
        assert server.counters.calls == 15, result.output
        assert f"{CHUNK} requests stay pending (claimed)" in " ".join(result.output.split())
        execute(chunked, "update dbt_llm__claims set claimed_at = claimed_at - interval 61 minute")
    result = chunked.run_tasks()
    assert "took over the answers" in result.output
    assert server.counters.calls == 15 == len(server.counters.calls_by_prompt)
    assert chunked.statuses() == {("succeeded", None): 20}
