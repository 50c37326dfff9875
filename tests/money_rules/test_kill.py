"""Money rule 4: `kill -9` at any moment wastes what was in flight and the answers of the last 200 ms, no more."""

import os
import signal
import time
from pathlib import Path

import duckdb
import pytest

from dbt_llm.testing import Faults, Server, from_schema
from tests.support.project import PII, Project

IN_FLIGHT = 16
LATENCY_S = 0.05
ROWS = 1_500
# Answers that may come in the 200 ms before a commit, at most: the window's rate over that time.
UNCOMMITTED = int(IN_FLIGHT / LATENCY_S * 0.2)

INTROSPECTING = """
{%- set columns = adapter.get_columns_in_relation(source('raw', 'messages')) -%}
{{ dbt_llm.enrich(source('raw', 'messages')) }}
"""


def kill_after(project: Project, server: Server, answered: int) -> None:
    """Start `dbt run`, and kill it once the server has given that many answers."""
    process = project.start("run", "--select", "pii_risk")
    deadline = time.monotonic() + 60
    while server.counters.answered < answered:
        assert process.exitcode is None and time.monotonic() < deadline, "dbt ended before it was killed"
        time.sleep(0.005)
    assert process.pid is not None
    os.killpg(process.pid, signal.SIGKILL)
    process.join()


@pytest.mark.parametrize(
    "sql",
    ["{{ dbt_llm.enrich(source('raw', 'messages')) }}", pytest.param(INTROSPECTING, marks=pytest.mark.long)],
    ids=["plain", "body asks the database"],
)
def test_kill_wastes_what_was_in_flight_and_no_more(sql: str, tmp_path: Path) -> None:
    with Server(from_schema, Faults(latency_s=LATENCY_S)) as server:
        project = Project(tmp_path / "project", server.base_url, max_in_flight=IN_FLIGHT)
        project.task("pii_risk", PII, sql=sql)
        project.messages([(i, f"message {i}") for i in range(ROWS)])
        kept = 0
        for target in (150, 500):
            kill_after(project, server, target)
            time.sleep(0.3)
            answered = server.counters.answered
            with duckdb.connect(str(project.database)) as connection:
                kept = connection.execute("select count(*) from dbt_llm__responses where status = 'succeeded'").fetchall()[0][0]
            assert kept >= answered - 2 * (IN_FLIGHT + UNCOMMITTED), (kept, answered)
            assert kept > target / 2
        project.run_tasks()
        wasted = server.counters.calls - ROWS
        assert wasted <= 2 * (IN_FLIGHT + UNCOMMITTED), f"{wasted} calls were paid twice"
        assert project.statuses() == {("succeeded", None): ROWS}
        assert project.query("select count(*), count(distinct request_key) from dbt_llm__responses") == [(ROWS, ROWS)]


def test_interrupt_ends_soon_and_keeps_the_answers(tmp_path: Path) -> None:
    with Server(from_schema, Faults(latency_s=LATENCY_S)) as server:
        project = Project(tmp_path / "project", server.base_url, max_in_flight=IN_FLIGHT)
        project.messages([(i, f"message {i}") for i in range(ROWS)])
        process = project.start("run", "--select", "pii_risk")
        while server.counters.answered < 150:
            time.sleep(0.01)
        assert process.pid is not None
        # Soon on a busy machine, when what is left would take ten minutes at the least.
        server.faults = Faults(latency_s=600)
        os.killpg(process.pid, signal.SIGINT)
        process.join(60)
        assert process.exitcode is not None, "dbt went on after it was interrupted"
        answered = server.counters.answered
        assert answered < ROWS / 2
        [(kept,)] = project.query("select count(*) from dbt_llm__responses where status = 'succeeded'")
        assert kept >= answered - IN_FLIGHT
