"""Tasks that run side by side and have the same requests pay for each of them once."""

import re
from pathlib import Path

from dbt_llm.testing import Faults, Server, from_schema
from tests.support.project import PII, Project


def test_three_tasks_side_by_side_pay_once(tmp_path: Path) -> None:
    with Server(from_schema, Faults(latency_s=0.05, error=[0.1], throttle=[0.1])) as server:
        project = Project(tmp_path / "project", server.base_url)
        project.messages([(i, f"message {i}") for i in range(400)])
        project.task("pii_second", PII)
        project.task("pii_third", PII, config="materialized='table'")
        output = project.run_tasks().output
        said = re.findall(r"400 requests: (\d+) paid, (\d+) cached(?:, (\d+) paid by another run)?", output)
        told = [[int(count or 0) for count in counts] for counts in said]
        assert server.counters.answered == 400
        assert [sum(counts) for counts in told] == [400] * 3 and sum(counts[0] for counts in told) == 400, output
        for table in ("pii_risk", "pii_second", "pii_third"):
            assert project.statuses(table) == {("succeeded", None): 400}
        assert project.query("select count(*), count(distinct request_key) from dbt_llm__responses") == [(400, 400)]
        assert project.query("select sum(sent_requests), sum(left_requests) from dbt_llm__runs") == [(400, 0)]


def test_a_task_that_stops_leaves_its_requests_to_the_others(tmp_path: Path) -> None:
    with Server(from_schema, Faults(latency_s=0.05)) as server:
        project = Project(tmp_path / "project", server.base_url)
        project.messages([(i, f"message {i}") for i in range(400)])
        project.task("pii_limited", {**PII, "limits": {"requests": 20}})
        project.run_tasks()
        assert server.counters.calls == 400
        assert project.statuses() == {("succeeded", None): 400}
        [(sent, left)] = project.query("select sent_requests, left_requests from dbt_llm__runs where task = 'pii_limited'")
        assert sent <= 20
        # The other task goes on while this one writes its table, which then shows more than its own run answered.
        assert project.statuses("pii_limited")[("succeeded", None)] >= 400 - left
        project.run_tasks()
        assert server.counters.calls == 400
        assert project.statuses("pii_limited") == {("succeeded", None): 400}
