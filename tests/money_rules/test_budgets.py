"""Money rule 6 for budgets: what all tasks together, and all runs of a day, may spend; the rest is pending, and counted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dbt_llm.testing import Faults, Server
from tests.money_rules.test_chunks import Chunked
from tests.support.project import PII, Project

PRICES = {"input_usd_per_million_tokens": 0, "output_usd_per_million_tokens": 1_000_000}
"""A dollar for a token of output, so that what the stand-in counts is what is spent."""
MESSAGES = [(i, f"message number {i}") for i in range(60)]
SPENT = "select coalesce(sum(cost_usd), 0) from dbt_llm__responses"


@pytest.fixture
def priced(tmp_path: Path, server: Server) -> Project:
    server.faults = Faults(latency_s=0.01)
    made = Project(tmp_path / "project", server.base_url, **PRICES)
    made.messages(MESSAGES)
    made.task("pii_risk", {**PII, "prompt": "first {body}"})
    made.task("pii_second", {**PII, "prompt": "second {body}"})
    return made


def test_tasks_side_by_side_and_runs_one_after_the_other(priced: Project, server: Server) -> None:
    priced.write_project(dbt_llm_budgets={"day": {"cost_usd": 700}, "tasks": {"pii_second": {"month": {"requests": 20}}}})
    result = priced.run_tasks("--threads", "4")
    [(spent,)] = priced.query(SPENT)
    # What is set aside for a request is its max_tokens, so the last 50 dollars need not be spent.
    assert 700 - 50 <= spent <= 700
    assert server.counters.calls == priced.query("select count(*) from dbt_llm__responses")[0][0] < 120
    assert priced.query("select count(*) from dbt_llm__responses where task = 'pii_second'")[0][0] <= 20
    assert priced.query("select stop_reason from dbt_llm__runs where task = 'pii_risk'") == [("budget:day.cost_usd",)]
    assert "requests stay pending (budget:day.cost_usd)" in " ".join(result.output.split())
    assert "of the budget day.cost_usd of 700" in " ".join(result.output.split())
    pending = sum(
        priced.query(f"select count(*) from {t} where llm_status = 'pending'")[0][0] for t in ("pii_risk", "pii_second")
    )
    assert pending == 120 - server.counters.calls == priced.query("select sum(left_requests) from dbt_llm__runs")[0][0]

    # The next invocation of the day finds it spent; another day does not count, nor does a mark that is no call.
    calls = server.counters.calls
    priced.run_tasks()
    assert server.counters.calls == calls
    with duckdb.connect(str(priced.database)) as connection:
        connection.execute("update dbt_llm__responses set responded_at = responded_at - interval 3 day where task = 'pii_risk'")
    priced.run("--select", "pii_risk")
    assert server.counters.calls > calls
    [(today,)] = priced.query(f"{SPENT} where responded_at > timezone('UTC', now()) - interval 2 day")
    assert today <= 700


def test_a_budget_that_a_price_of_the_list_counts(priced: Project, server: Server) -> None:
    priced.endpoint.clear()
    priced.endpoint.update(model_name="test-model", base_url_env="DBT_LLM_TEST_URL")
    budgets = {"day": {"cost_usd": 200}, "warn_at": 0.99}
    priced.write_project(dbt_llm_budgets=budgets)
    result = priced.dbt("run", "--select", "pii_risk")
    assert not result.ok
    assert "cannot be counted" in result.output
    assert server.counters.calls == 0
    price = {"model_name": "test-model", **PRICES}
    priced.write_project(dbt_llm_budgets=budgets, dbt_llm_prices=[price])
    priced.run("--select", "pii_risk")
    assert 0 < priced.query(SPENT)[0][0] <= 200
    assert priced.query("select stop_reason from dbt_llm__runs") == [("budget:day.cost_usd",)]


def test_a_budget_of_no_task_is_told(project: Project, server: Server) -> None:
    project.write_project(dbt_llm_budgets={"tasks": {"pii_rsik": {"day": {"requests": 1}}}})
    told = "a budget of no task here, which limits nothing. Expected one of 'pii_risk'; got 'pii_rsik'. Did you mean 'pii_risk'?"
    assert told in project.dbt("run-operation", "dbt_llm.doctor").output
    assert told in project.run_tasks().output
    # A model that gains versions keeps its budget by no name that it had.
    server.counters.reset()
    project.write_project(dbt_llm_budgets={"tasks": {"pii_risk": {"day": {"requests": 1}}}})
    (project.models / "pii_risk.sql").rename(project.models / "pii_risk_v2.sql")
    properties = yaml.safe_load((project.models / "pii_risk.yml").read_text())
    properties["models"][0].update(versions=[{"v": 2}], latest_version=2)
    (project.models / "pii_risk.yml").write_text(yaml.safe_dump(properties, sort_keys=False))
    result = project.dbt("run", "--exclude", "package:dbt_llm")
    assert (
        not result.ok and "tasks.pii_risk: a model with versions" in result.output and "Expected 'pii_risk.v2'" in result.output
    )
    assert server.counters.calls == 0


def test_faults_of_budgets_stop_everything(priced: Project, server: Server) -> None:
    priced.write_project(
        dbt_llm_budgets={
            "day": {"usd": 20},
            "week": {"cost_usd": 1},
            "month": {"cost_usd": -1},
            "warn_at": 80,
            "tasks": {"pii_risk": 5},
        }
    )
    result = priced.dbt("run", "--select", "pii_risk")
    text = " ".join(result.output.split())
    assert not result.ok and server.counters.calls == 0
    for fault in (
        "var dbt_llm_budgets: unknown key 'week'",
        "var dbt_llm_budgets.day: unknown key 'usd'",
        "dbt_llm_budgets.month.cost_usd: not a budget",
        "dbt_llm_budgets.warn_at: not a share",
        "dbt_llm_budgets.tasks.pii_risk: not a mapping",
    ):
        assert fault in text, text


@pytest.fixture
def chunked(tmp_path: Path, server: Server) -> Iterator[Chunked]:
    made = Chunked(tmp_path / "project", server.base_url, **PRICES)
    made.messages(MESSAGES)
    for name in ("pii_risk", "pii_second"):
        made.task(name, {**PII, "prompt": name + " {body}", "model_parameters": {"max_tokens": 5}})
    yield made
    assert made.left_behind() == []


def test_chunks_of_tasks_side_by_side(chunked: Chunked, server: Server) -> None:
    """A chunk of 4 requests is 20 dollars: 10 chunks, of whichever task, and never an eleventh."""
    chunked.write_project(dbt_llm_budgets={"day": {"cost_usd": 205}})
    result = chunked.run_tasks("--threads", "4")
    assert 205 - 2 * 20 <= 5 * server.counters.calls <= 205, result.output
    assert chunked.query(SPENT) == [(5 * server.counters.calls,)]
    assert set(chunked.query("select distinct stop_reason from dbt_llm__runs")) == {("budget:day.cost_usd",)}
    # Nothing stays set aside.
    assert chunked.query("select sum(requests), round(sum(cost_usd), 6) from dbt_llm__reservations") == [(0, 0)]
    before = server.counters.calls
    chunked.run_tasks()
    assert 205 - 5 < 5 * server.counters.calls <= 205
    chunked.write_project()
    chunked.run_tasks()
    assert server.counters.calls == 120 > before


def test_what_a_killed_run_set_aside_counts_until_the_task_runs_again(chunked: Chunked, server: Server) -> None:
    chunked.write_project(dbt_llm_budgets={"day": {"requests": 50}})
    chunked.run_tasks("--empty")
    with duckdb.connect(str(chunked.database)) as connection:
        connection.execute("insert into dbt_llm__reservations select 'pii_risk', 'killed', 40, 200, timezone('UTC', now())")
    chunked.run("--select", "pii_second")
    assert server.counters.calls == 10
    chunked.run("--select", "pii_risk")
    assert server.counters.calls == 50


def test_a_warehouse_that_tells_no_tokens_is_counted_by_letters(chunked: Chunked, server: Server) -> None:
    chunked.write_project(dbt_llm_budgets={"day": {"cost_usd": 205}})
    chunked.write_macros(_unknown_tokens((chunked.folder / "macros" / "road.sql").read_text()))
    chunked.run("--select", "pii_risk")
    [(cost, estimated, completion)] = chunked.query(
        "select sum(cost_usd), sum(estimated_cost_usd), sum(length(completion)) from dbt_llm__responses"
    )
    assert cost is None
    assert estimated == pytest.approx(completion / 4)
    # A chunk is cut by max_tokens, which the stand-in's completions pass here: by no more than a chunk's excess.
    chunk: Any = max(row[0] for row in chunked.query("select length(completion) from dbt_llm__responses"))
    assert 0 < estimated <= 205 + 4 * (chunk / 4)
    calls = server.counters.calls
    chunked.run("--select", "pii_risk")
    assert server.counters.calls == calls


def _unknown_tokens(text: str) -> str:
    known = "10 as input_tokens, 5 as output_tokens"
    assert known in text
    return text.replace(known, "null::bigint as input_tokens, null::bigint as output_tokens")
