"""Golden sets: what they pay for, what reads them and never pays, and what a verdict is worth."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dbt_llm.testing import ChatRequest, Server
from tests.support.project import PII, Project

GOLDEN = [
    (0, "message 0", False, "[]"),  # also in production
    (1, "message 1", False, "[]"),  # also in production
    (100, "write to a@b.example", True, '["email"]'),
    (101, "a@b.example, or 030 1234", True, '["email", "phone"]'),
    (102, "malformed", False, "[]"),
]
SQL = """
{{ config(materialized='table') }}
-- depends_on: {{ ref('pii_risk') }}
{{ dbt_llm.golden(source('labels', 'golden_set'), task='pii_risk', columns=['has_pii', 'pii_types']) }}
"""
VERDICTS = (
    "request_key varchar, task varchar, column_name varchar, verdict varchar, correct_value varchar, reviewer varchar,"
    " reviewed_at timestamp"
)


def answer(request: ChatRequest) -> str:
    """A reader who knows e-mail addresses, and nothing of telephones; a prompt that shouts finds nothing at all."""
    if "malformed" in request.prompt:
        return "not json"
    has_email = "@" in request.prompt and not request.prompt.startswith("PII!")
    return json.dumps({"has_pii": has_email, "pii_types": ["email"] if has_email else [], "confidence": 0.5})


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(answer) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path, server: Server) -> Project:
    made = Project(tmp_path / "project", server.base_url, input_usd_per_million_tokens=1, output_usd_per_million_tokens=2)
    made.messages([(i, f"message {i % 15}") for i in range(20)])
    made.task("pii_risk", {**PII, "candidates": {"shout": {"prompt": "PII! {body}"}, "ask": {"prompt": "PII? {body}"}}})
    golden_set(made, GOLDEN)
    declared = {"sources": [{"name": "labels", "schema": "main", "tables": [{"name": "golden_set"}, {"name": "verdicts"}]}]}
    (made.models / "labels.yml").write_text(yaml.safe_dump(declared))
    made.write_model("golden_pii", SQL)
    return made


def golden_set(project: Project, rows: list[tuple[Any, ...]]) -> None:
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(
            "create or replace table golden_set"
            " (message_id bigint, body varchar, expected_has_pii boolean, expected_pii_types varchar)"
        )
        for row in rows:
            connection.execute("insert into golden_set values (?, ?, ?, ?)", row)


def gate(project: Project, **arguments: Any) -> None:
    """A test of the golden model."""
    test = {"dbt_llm.agrees_with_golden_set": {"arguments": {"column": "has_pii", "min_accuracy": 0.8, **arguments}}}
    declared = {"models": [{"name": "golden_pii", "data_tests": [test]}]}
    (project.models / "golden_pii.yml").write_text(yaml.safe_dump(declared))


def results(project: Project, candidate: str = "current") -> dict[tuple[str, str], tuple[Any, ...]]:
    rows = project.query(
        "select golden_key, column_name, is_correct, answered, llm_status, llm_reason from golden_pii"
        f" where candidate = '{candidate}' and llm_status != 'unusable'"
    )
    return {(key, column): tuple(rest) for key, column, *rest in rows}


def test_a_golden_row_that_is_answered_costs_nothing_and_quarantine_is_wrong(project: Project, server: Server) -> None:
    project.run_tasks()
    assert server.counters.calls == 15 + 3
    found = results(project)
    assert len(found) == 2 * len(GOLDEN)
    assert found["100", "has_pii"] == (True, "true", "succeeded", None)
    assert found["101", "pii_types"] == (False, '["email"]', "succeeded", None)
    assert found["102", "has_pii"] == (False, None, "quarantined", "invalid_json")
    scores = project.query(
        "select column_name, n, correct, quarantine_share, unanswered from dbt_llm__evaluations"
        " where candidate = 'current' order by 1"
    )
    assert scores == [("has_pii", 5, 4, 0.2, 0), ("pii_types", 5, 3, 0.2, 0)]
    # Its calls are its own in the runs, and what it asks is in quarantine under its own name.
    assert project.query("select pending_requests, sent_requests from dbt_llm__runs where task = 'golden_pii'") == [(3, 3)]
    assert project.query("select task, reason from dbt_llm__quarantine") == [("golden_pii", "invalid_json")]
    project.run_tasks()
    assert server.counters.calls == 18
    assert project.query("select count(*) from dbt_llm__evaluations where candidate = 'current'") == [(4,)]
    assert project.query("select count(*) from dbt_llm__evaluation_rows") == [(10,)], "nothing changed, nothing appended"
    assert project.dbt("run-operation", "dbt_llm.requeue", "--args", "{task: golden_pii}").ok
    project.run("--select", "golden_pii")
    assert server.counters.calls == 19


def test_a_candidate_is_asked_when_it_is_named_and_shown_ever_after(project: Project, server: Server) -> None:
    project.run_tasks()
    assert server.counters.calls == 18
    assert {status for _, _, status, _ in results(project, "shout").values()} == {"pending"}
    asked = ["--select", "golden_pii", "--vars", "{dbt_llm_evaluate: [shout]}"]
    project.run(*asked)
    assert server.counters.calls == 18 + len(GOLDEN)
    project.run(*asked)
    project.run("--select", "golden_pii")
    assert server.counters.calls == 18 + len(GOLDEN)
    assert results(project, "shout")["100", "has_pii"] == (False, "false", "succeeded", None)
    assert {status for _, _, status, _ in results(project, "ask").values()} == {"pending"}
    shown = project.dbt("run-operation", "dbt_llm.evaluate", "--args", "{task: pii_risk}")
    assert shown.ok, shown.output
    table = [line.split() for line in shown.output.splitlines() if " has_pii " in line]
    lines = {(words[1], words[2]): words[3:] for words in table}
    assert lines["has_pii", "current"][1:5] == ["5", "0.8", "[0.376,", "0.964]"]
    assert lines["has_pii", "shout"][1:5] == ["5", "0.4", "[0.118,", "0.769]"]
    assert lines["has_pii", "shout"][-4:-1] == ["0", "2", "0.25"], "nothing won, two lost, p"
    assert float(lines["has_pii", "shout"][-1]) > 0, "it cost something"
    assert "ask: 5 golden rows have no answer; `dbt build --select golden_pii --vars '{dbt_llm_evaluate: [ask]}'`" in shown.output
    assert server.counters.calls == 18 + len(GOLDEN)


def test_nothing_but_a_run_asks_about_golden_rows(project: Project, server: Server) -> None:
    gate(project)
    for command in (
        ["parse"], ["compile"], ["show", "--select", "golden_pii"], ["run", "--empty"], ["test", "--select", "golden_pii"],
        ["run-operation", "dbt_llm.evaluate", "--args", "{task: pii_risk}"],
    ):  # fmt: skip
        project.dbt(*command, "--vars", "{dbt_llm_evaluate: [shout, ask]}")
    assert server.counters.calls == 0
    result = project.dbt("build", "--select", "golden_pii", DBT_LLM_MODE="cache_only")
    assert not result.ok
    assert "5 of 5 golden rows have no answer; run: dbt build --select golden_pii" in result.output
    assert server.counters.calls == 0
    result = project.dbt("build", "--select", "golden_pii")
    assert result.ok, result.output
    assert server.counters.calls == len(GOLDEN)


def test_the_gate_names_the_worst_rows_and_compares_with_a_prompt_that_is_gone(project: Project, server: Server) -> None:
    golden_set(project, [(i, f"{i}: a@b.example", True, '["email"]') for i in range(12)])
    gate(project, min_accuracy=0)
    assert project.dbt("build").ok
    [(accepted,)] = project.query("select distinct llm_prompt_version from golden_pii where candidate = 'current'")
    project.task("pii_risk", {**PII, "prompt": "PII! {body}"})
    gate(project, min_accuracy=0, not_worse_than=accepted, worst=2)
    result = project.dbt("build", "--select", "golden_pii")
    assert not result.ok
    assert f"worse than prompt version {accepted} on the same golden rows: 12 rows lost, 0 won" in result.output
    assert "McNemar mid-p 0.0001; expected at least 0.05" in result.output
    assert "0: expected true, got false" in result.output and "Got 3 results" in result.output
    project.task("pii_risk", {**PII, "prompt": "PII?? {body}"})
    result = project.dbt("build", "--select", "golden_pii")
    assert result.ok, result.output
    calls = server.counters.calls
    gate(project, min_accuracy=0, not_worse_than="no version")
    assert "Expected the 12 hex digits" in project.dbt("build", "--select", "golden_pii").output
    assert server.counters.calls == calls


def test_verdicts_count_as_golden_rows_and_none_is_dropped(project: Project, server: Server) -> None:
    project.task("pii_risk", {**PII, "review_rate": 1})
    project.write_project(dbt_llm_verdicts="main.verdicts")
    with duckdb.connect(str(project.database)) as connection:
        connection.execute(f"create table verdicts ({VERDICTS})")
    project.run_tasks()
    calls = server.counters.calls
    sample = dict(project.query("select row_key, request_key from dbt_llm__review_sample"))
    assert len(sample) == 15
    two, three, four = sample["2"], sample["3"], sample["4"]
    verdicts = [
        (two, "has_pii", "right", None, 1), (two, "pii_types", "wrong", '["phone"]', 1),
        (three, "has_pii", "right", None, 1), (three, "has_pii", "wrong", "true", 2),
        (four, "has_pii", "wrong", None, 1), (four, "pii_types", "wrong", '["fax"]', 1), (four, "confidence", "right", None, 1),
        ("0" * 64, "has_pii", "wrong", "true", 1),
    ]  # fmt: skip
    with duckdb.connect(str(project.database)) as connection:
        for key, column, verdict, value, second in verdicts:
            moment = f"2026-01-01 00:00:0{second}"
            given = [key, column, verdict, value, moment]
            connection.execute("insert into verdicts values (?, 'pii_risk', ?, ?, ?, 'ann', ?)", given)
    project.run_tasks()
    assert server.counters.calls == calls, "they are asked what the task has been asked"
    found = results(project)
    assert found[two, "has_pii"][0] is True
    assert found[two, "pii_types"][:2] == (False, "[]")
    assert found[three, "has_pii"][0] is False, "the later verdict counts"
    unusable = project.query("select golden_key, column_name, llm_reason from golden_pii where llm_status = 'unusable'")
    assert sorted(unusable) == sorted(
        [
            (four, "has_pii", "verdict_without_value"), (four, "pii_types", "verdict_not_allowed"),
            (four, "confidence", "verdict_on_other_column"), ("0" * 64, "has_pii", "verdict_not_in_sample"),
        ]
    )  # fmt: skip
    # A new prompt is asked about them too, though no row of the table has these keys any more.
    project.task("pii_risk", {**PII, "review_rate": 1, "prompt": "PII!! {body}"})
    project.run_tasks()
    assert results(project).keys() == found.keys()
    assert project.query("select count(*), count(distinct prompt_version) from dbt_llm__review_sample") == [(30, 2)]
    # And so is one that needs what the sample did not keep.
    project.task("pii_risk", {**PII, "review_rate": 1, "prompt": "{message_id}: {body}"})
    project.run_tasks()
    reasons = project.query("select distinct llm_reason from golden_pii where golden_source = 'verdict'")
    assert set(reasons) == {("verdict_without_input:message_id",), ("verdict_not_in_sample",)}


def test_the_review_sample_is_the_same_everywhere_and_can_be_off(project: Project, server: Server, tmp_path: Path) -> None:
    project.messages([(i, f"message {i}") for i in range(300)])
    project.task("pii_risk", {**PII, "review_rate": 0.1})
    project.run("--select", "pii_risk")
    sample = "select request_key, row_key, input, output, input_rows, status from dbt_llm__review_sample order by 1"
    drawn = project.query(sample)
    keys = [key for (key,) in project.query("select llm_request_key from pii_risk order by 1")]
    assert [found[0] for found in drawn] == [key for key in keys if int(key[:8], 16) < round(0.1 * 2**32)]
    assert all(json.loads(found[2]) == {"body": f"message {found[1]}"} and "has_pii" in found[3] for found in drawn)
    project.run("--exclude", "golden_pii", "--full-refresh")
    assert project.query(sample) == drawn
    other = Project(tmp_path / "other", server.base_url)
    other.messages([(i, f"message {i}") for i in reversed(range(300))])
    other.task("pii_risk", {**PII, "review_rate": 0.1})
    other.task("unseen", {**PII, "review_rate": 0})
    other.write_project(dbt_llm_review_rate=0)
    other.task("unstated", PII)
    other.run_tasks()
    assert other.query(sample) == drawn
    assert other.query("select distinct task from dbt_llm__review_sample") == [("pii_risk",)]


def test_faults_of_a_golden_set_are_named_before_anything_is_paid(project: Project, server: Server) -> None:
    def fails(*sentences: str) -> None:
        result = project.dbt("run", "--select", "golden_pii")
        assert not result.ok, result.output
        for sentence in sentences:
            assert sentence in result.output, f"{sentence!r} is not in:\n{result.output}"

    golden_set(project, [*GOLDEN, (100, "twice", True, "email|phone")])
    fails("expected_pii_types: no answer can be this, in 1 rows", "got 'email|phone'", "key: not unique", "has 2 faults")
    golden_set(project, [])
    fails("the golden set has no rows")
    golden_set(project, GOLDEN)
    project.write_model("golden_pii", SQL.replace("'pii_types'", "'confidence'").replace("task=", "key='id', task="))
    fails("Expected a column 'expected_confidence'", "key: 'id' is not a column of the golden set")
    project.write_model("golden_pii", SQL.replace("task='pii_risk'", "task='pii_rsk'"))
    fails("no such task", "Did you mean 'pii_risk'?")
    project.write_model("golden_pii", SQL.replace("'table'", "'incremental'").replace("'pii_types'", "'pii_type'"))
    fails("config.materialized: a golden set cannot be this", "columns: no such response column", "Did you mean 'pii_types'?")
    project.task("pii_risk", {**PII, "candidates": {"bad": {"endpoint": "slow"}}})
    project.write_model("golden_pii", SQL)
    fails("'pii_risk, candidate bad' has 1 fault", "no endpoint of that name")
    assert server.counters.calls == 0
