"""What a run measures: the rows that it answered, once; a rerun adds nothing, and nothing here pays."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbt_llm.testing import ChatRequest, Server
from tests.support.project import PII, Project
from tests.support.python_project import python_task


def answer(request: ChatRequest) -> str:
    """Message n has an odd n, or not; every tenth is no JSON."""
    n = int(request.prompt.rpartition("message ")[2].removesuffix("</message>"))
    if n % 10 == 0:
        return "Sure!"
    return json.dumps({"has_pii": n % 2 == 1, "pii_types": ["email", "phone"][: n % 3], "confidence": n % 7 / 10})


def measured(project: Project, run: int = 1) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """(value, rows, requests) by (column, statistic, label), of the n-th measured run."""
    found = project.query(
        "select column_name, statistic, label, value, input_rows, distinct_requests from ("
        "    select *, dense_rank() over (order by measured_at) as run from dbt_llm__output_distribution"
        f") where run = {run}"
    )
    return {row[:3]: row[3:] for row in found}


def runs(project: Project) -> int:
    [(count,)] = project.query("select count(distinct measured_at) from dbt_llm__output_distribution")
    return int(count)


@pytest.fixture
def numbered(tmp_path: Path) -> Any:
    with Server(answer) as server:
        project = Project(tmp_path / "project", server.base_url)
        project.messages([(i, f"message {i % 15}") for i in range(20)])
        yield project, server


def test_a_run_measures_what_it_answered(numbered: tuple[Project, Server]) -> None:
    project, server = numbered
    project.run_tasks()
    first = measured(project)
    # 0 to 14, and 0 to 4 again; 0 (twice) and 10 are quarantined.
    numbers = [i % 15 for i in range(20) if i % 15 % 10]
    assert first["has_pii", "share", "true"] == (pytest.approx(sum(n % 2 for n in numbers) / 17), 17, 13)
    assert first["pii_types", "share", "phone"][0] == pytest.approx(sum(n % 3 == 2 for n in numbers) / 17)
    assert first["pii_types", "share", "ssn"] == (0, 17, 13)
    assert first["pii_types", "mean_length", None][0] == pytest.approx(sum(n % 3 for n in numbers) / 17)
    confidences = sorted(n % 7 / 10 for n in numbers)
    assert first["confidence", "mean", None][0] == pytest.approx(sum(confidences) / 17)
    assert first["confidence", "p50", None][0] == confidences[8]
    assert first[None, "quarantine_rate", None] == (pytest.approx(3 / 20), 20, 15)
    assert first[None, "refusal_rate", None] == (0, 20, 15)
    assert first[None, "pending_rate", None] == (0, 20, 20)

    project.run_tasks()
    assert runs(project) == 1, "a rerun on unchanged data"
    project.messages(
        [(i, f"message {i % 15}") for i in range(20)] + [(100, "message 101"), (101, "message 103"), (102, "message 1")]
    )
    project.run_tasks()
    assert server.counters.calls == 17 and runs(project) == 2
    # Row 102 has an answer that was paid for before.
    assert measured(project, 2)["has_pii", "share", "true"] == (1, 2, 2)
    assert measured(project, 2)[None, "pending_rate", None] == (0, 23, 23)

    project.task("pii_risk", {**PII, "prompt": "PII? message {body}"})
    project.messages([(i, f"message {i % 15}") for i in range(10)])
    project.run("--full-refresh")
    assert runs(project) == 3 and measured(project, 3)[None, "quarantine_rate", None] == (pytest.approx(0.1), 10, 10)
    outcomes = project.query("select outcome, count(*), count(distinct invocation_id) from dbt_llm__drift group by 1 order by 1")
    assert [(name, tasks) for name, _, tasks in outcomes] == [("new_baseline", 2), ("too_few_runs", 3)]
    assert outcomes[0][1] == 2


def test_a_python_task_is_measured_as_a_sql_task_is(numbered: tuple[Project, Server]) -> None:
    project, server = numbered
    python_task(project, "pii_risk", {**PII, "review_rate": 1})
    project.run_tasks()
    first = measured(project)
    numbers = [i % 15 for i in range(20) if i % 15 % 10]
    assert first["has_pii", "share", "true"] == (pytest.approx(sum(n % 2 for n in numbers) / 17), 17, 13)
    assert first[None, "quarantine_rate", None] == (pytest.approx(3 / 20), 20, 15)
    project.run_tasks()
    assert runs(project) == 1 and server.counters.calls == 15
    # The hook's other parts have run beside it.
    assert project.query("select sum(input_rows) from dbt_llm__quarantine") == [(3,)]
    assert project.query("select count(*) from dbt_llm__review_sample") == [(15,)]


def test_answers_of_a_run_that_failed_are_measured_with_the_next(numbered: tuple[Project, Server]) -> None:
    project, server = numbered
    sql = "{{ dbt_llm.enrich(source('raw', 'messages')) }}"
    failing = (
        "materialized='incremental', unique_key='message_id', post_hook=\"{{ 'select no_such_column' if var('fails', false) }}\""
    )
    project.task("pii_risk", {**PII, "limits": {"requests": 6}}, failing, sql)
    assert not project.dbt("run", "--select", "pii_risk", "--vars", "{fails: true}").ok
    assert server.counters.calls == 6
    assert runs(project) == 0
    project.run_tasks()
    assert server.counters.calls == 12 and runs(project) == 1
    assert measured(project)[None, "quarantine_rate", None][2] == 12
    assert 0 < measured(project)[None, "pending_rate", None][0] < 1


def test_the_test_fires_on_a_seeded_history_and_is_quiet_on_an_announced_change(project: Project, server: Server) -> None:
    gate = {"dbt_llm.output_distribution_is_stable": {"arguments": {"column": "has_pii", "sigma": 2, "error_sigma": 4}}}
    project.task("pii_risk", PII, data_tests=[gate, "dbt_llm.output_distribution_is_stable"])
    project.run_tasks()
    calls = server.counters.calls
    [(version,)] = project.query("select distinct prompt_version from dbt_llm__output_distribution")

    def seed(shares: list[float], versions: list[str]) -> None:
        with duckdb.connect(str(project.database)) as connection:
            connection.execute("delete from dbt_llm__output_distribution")
            for run, (share, used) in enumerate(zip(shares, versions, strict=True)):
                connection.execute(
                    "insert into dbt_llm__output_distribution select 'pii_risk', 'run ' || $run, $version, 'test-model',"
                    " 'has_pii', 'share', 'true', $share, null, 200, 200, timestamp '2026-01-01' + to_days($run::int)",
                    {"run": run, "version": used, "share": share},
                )

    quiet = [0.12, 0.125, 0.11, 0.13, 0.115, 0.12, 0.105, 0.13]
    for shares, versions, ok, said in (
        ([*quiet, 0.14], [version] * 9, True, None),
        ([*quiet, 0.205], [version] * 9, True, "has_pii: share of true from 11.9 % to 20.5 %"),
        ([*quiet, 0.47], [version] * 9, False, "has_pii: share of true from 11.9 % to 47.0 %"),
        ([*quiet, 0.47], [version] * 8 + ["another"], True, None),
    ):
        seed(shares, versions)
        result = project.dbt("test", "--exclude", "dbt_llm_output_distribution_is_stable_pii_risk_")
        assert result.ok is ok, result.output
        if said is None:
            assert "dbt_llm.output_distribution_is_stable:" not in result.output and "PASS=1" in result.output, result.output
        else:
            assert said in result.output and ("WARN=1" if ok else "ERROR=1") in result.output, result.output
    assert project.query("select count(*) from dbt_llm__drift where outcome = 'new_baseline' and invocation_id = 'run 8'") == [
        (1,)
    ]
    assert server.counters.calls == calls
