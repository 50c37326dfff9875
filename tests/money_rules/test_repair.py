"""meta.llm.repair in dbt: a refused answer is asked for once more, and nothing is paid twice. See tests/unit/test_repair.py."""

import os
import signal
import time
from pathlib import Path

from dbt_llm.testing import ChatRequest, Faults, Server
from tests.support.project import PII, Project
from tests.support.repairs import BAD, REPAIRING, insists, mends


def is_repair(prompt: str) -> bool:
    return "<complaint>" in prompt


def test_refused_answers_are_asked_for_once_more_and_count_in_a_budget(project: Project, server: Server) -> None:
    server.answer = mends
    project.write_project(dbt_llm_budgets={"day": {"requests": 17}})
    project.task("pii_risk", REPAIRING)
    project.run_tasks("--empty")
    assert server.counters.calls == 0
    said = project.run_tasks().output
    assert server.counters.calls == 17, said
    assert "3 requests stay pending (budget:day.requests)" in said
    assert {status for status, _ in project.statuses()} == {"succeeded", "pending"}
    planned = project.dbt("run-operation", "dbt_llm.plan", "--args", "{task: pii_risk}").output
    assert "at most 3 calls in all; of the requests to pay 3 are repairs already" in planned, planned
    project.write_project()
    said = project.run_tasks().output
    assert server.counters.calls == 20 and project.statuses() == {("succeeded", None): 20}, said
    # Both calls are in the bill.
    assert project.query("select sum(sent_requests), sum(repair_requests) from dbt_llm__runs") == [(20, 5)]
    assert project.query("select sum(requests) from dbt_llm__usage_daily") == [(20,)]
    project.run_tasks("--full-refresh")
    assert server.counters.calls == 20


def test_requeue_asks_with_the_complaint(project: Project, server: Server) -> None:
    server.answer = insists
    project.task("pii_risk", PII)
    project.run_tasks()
    assert server.counters.calls == 15
    # Switched on later, it repairs what is in quarantine.
    project.task("pii_risk", REPAIRING)
    project.run_tasks()
    assert server.counters.calls == 20
    server.answer = mends
    said = project.dbt("run-operation", "dbt_llm.requeue", "--args", "{task: pii_risk}").output
    assert "5 requests will be sent again by the next run, with what was wrong with their answers" in said, said
    project.run_tasks()
    assert server.counters.calls == 25 and project.statuses() == {("succeeded", None): 20}


def test_a_run_that_is_killed_before_its_repairs_asks_for_them_only(tmp_path: Path) -> None:
    rows, refused, in_flight = 60, 40, 4

    def answer(request: ChatRequest) -> str:
        at = int(request.prompt.split("message ")[1].split("<")[0])
        return BAD[1] if at < refused and not is_repair(request.prompt) else mends(request)

    with Server(answer, Faults(latency_s=0.1)) as server:
        project = Project(tmp_path / "project", server.base_url, max_in_flight=in_flight)
        project.messages([(i, f"message {i}") for i in range(rows)])
        project.task("pii_risk", REPAIRING)
        process = project.start("run", "--select", "pii_risk")
        deadline = time.monotonic() + 120
        while server.counters.answered < rows + 8:
            assert process.exitcode is None and time.monotonic() < deadline, project.output.read_text()
            time.sleep(0.005)
        assert process.pid is not None
        os.killpg(process.pid, signal.SIGKILL)
        process.join()
        assert server.counters.calls < rows + refused
        project.run_tasks()
        asked = server.counters.calls_by_prompt
        assert all(count == 1 for prompt, count in asked.items() if not is_repair(prompt))
        # What was in flight, and the answers of the last 200 ms.
        assert server.counters.calls - rows - refused <= 4 * in_flight
        assert project.statuses() == {("succeeded", None): rows}
        assert project.query("select count(*) from dbt_llm__responses") == [(rows + refused,)]
