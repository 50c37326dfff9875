"""Money rule 6: a limit is never exceeded, and what is left out is pending, counted, and done by the next runs."""

from typing import Any

import duckdb
import pytest

from dbt_llm.testing import Server
from tests.support.project import PII, Project


def test_a_limit_of_requests(project: Project, server: Server) -> None:
    project.task("pii_risk", {**PII, "limits": {"requests": 6}})
    for answered, left in ((6, 9), (12, 3)):
        result = project.run_tasks()
        assert server.counters.calls == answered
        assert f"{left} requests stay pending (limit:requests)" in result.output, result.output
        assert project.query("select stop_reason, left_requests from dbt_llm__runs order by started_at desc limit 1") == [
            ("limit:requests", left)
        ]
    result = project.run_tasks()
    assert server.counters.calls == 15
    assert "stay pending" not in result.output
    assert project.statuses() == {("succeeded", None): 20}


@pytest.mark.parametrize(
    ("limits", "column", "limit"),
    [
        ({"input_tokens": 100}, "input_tokens", 100),
        ({"output_tokens": 300}, "output_tokens", 300),
        ({"cost_usd": 0.01}, "cost_usd", 0.01),
    ],
    ids=["input_tokens", "output_tokens", "cost_usd"],
)
def test_limits_of_tokens_and_cost_hold(
    limits: dict[str, Any], column: str, limit: float, project: Project, server: Server
) -> None:
    project.endpoint.update(input_usd_per_million_tokens=20, output_usd_per_million_tokens=100)
    project.write_project()
    project.messages([(i, f"message number {i}") for i in range(200)])
    project.task("pii_risk", {**PII, "limits": limits})
    result = project.run_tasks()
    [(spent, reason, left)] = project.query(f"select {column}, stop_reason, left_requests from dbt_llm__runs")
    assert 0 < spent <= limit
    assert reason == f"limit:{column}"
    assert left == 200 - server.counters.calls > 0
    assert f"{left} requests stay pending" in result.output
    assert project.statuses()["pending", "not_requested"] == left


def test_no_requests_at_all(project: Project, server: Server) -> None:
    project.task("pii_risk", {**PII, "limits": {"requests": 0}})
    project.run_tasks()
    assert server.counters.calls == 0
    assert project.statuses() == {("pending", "not_requested"): 20}


def test_previous_answers_are_kept_until_the_new_ones_come(project: Project, server: Server) -> None:
    project.task("pii_risk", {**PII, "keep_previous": True})
    project.run_tasks()
    before = project.query("select message_id, confidence, llm_request_key from pii_risk order by message_id")
    wider = {**PII["response_format"], "language": {"enum": ["en", "de"]}}
    edited = {**PII, "keep_previous": True, "prompt": "PII? {body}", "response_format": wider, "limits": {"requests": 5}}
    config = "materialized='incremental', unique_key='message_id', on_schema_change='append_new_columns'"
    project.task("pii_risk", edited, config)
    with duckdb.connect(str(project.database)) as connection:
        # An answer to another text is none of this row's.
        connection.execute("update messages set body = 'another text' where message_id = 3")
    output = project.run_tasks().output
    assert "of them the previous answer)" in output, output
    assert server.counters.calls == 20
    kept = project.query(
        "select message_id, confidence, llm_request_key from pii_risk where llm_reason = 'previous_answer' order by message_id"
    )
    assert 10 <= len(kept) < 20 and set(kept) <= set(before) and 3 not in {row[0] for row in kept}
    assert project.query("select count(*) from pii_risk where confidence is null and llm_status <> 'pending'") == [(0,)]
    assert project.query("select count(distinct llm_prompt_version) from pii_risk where llm_reason = 'previous_answer'") == [(1,)]
    project.task("pii_risk", {**edited, "limits": {}}, config)
    project.run_tasks()
    project.run_tasks()
    assert project.query("select count(*), count(language), count(distinct llm_prompt_version) from pii_risk") == [(20, 20, 1)]
    assert project.statuses() == {("succeeded", None): 20}
