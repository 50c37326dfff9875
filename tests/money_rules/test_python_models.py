"""A Python task gives the table of the SQL task, and pays by the same rules."""

import os
import signal
import time
from pathlib import Path

import duckdb
import pytest

from dbt_llm.testing import Faults, Server, from_schema
from tests.support.project import PII, Project
from tests.support.python_project import CODE, HOOKS, python_task

COLUMNS = "message_id, body, has_pii, pii_types, confidence, llm_status, llm_reason, llm_request_key, llm_prompt_version"
FILTERED = CODE.replace(
    'messages = dbt.source("raw", "messages")', 'messages = dbt.source("raw", "messages").filter("message_id < 5")'
)
SWAPPED = CODE.replace("messages, responses, meta", "responses, messages, meta")
WITHOUT_RESPONSES = CODE.replace('dbt.ref("dbt_llm__responses")', "messages")


@pytest.fixture
def in_python(project: Project) -> Project:
    """The project with the task `pii_in_python`, and its input with a NULL."""
    python_task(project, "pii_in_python")
    project.messages([(i, f"message {i % 15}") for i in range(20)] + [(20, None)])
    return project


def run(project: Project, *arguments: str) -> str:
    return project.run("--select", "pii_in_python", *arguments).output


def test_the_same_table_as_sql_from_the_same_answers(in_python: Project, server: Server) -> None:
    run(in_python)
    assert server.counters.calls == 15
    in_python.run("--select", "pii_risk")
    assert server.counters.calls == 15, "the SQL task must find the answers of the Python task"
    rows = in_python.query(f"select {COLUMNS} from pii_in_python order by 1")
    assert rows == in_python.query(f"select {COLUMNS} from pii_risk order by 1")
    assert in_python.query("describe pii_in_python") == in_python.query("describe pii_risk")
    assert in_python.statuses("pii_in_python") == {("succeeded", None): 20, ("skipped", "null_prompt"): 1}
    engines = in_python.query("select engine, count(*) from dbt_llm__responses group by 1")
    runs = in_python.query("select task, engine, sent_requests from dbt_llm__runs order by 1")
    assert engines == [("async", 15)] and runs == [("pii_in_python", "async", 15), ("pii_risk", "duckdb", 0)]


def test_answers_are_read_from_further_sources(in_python: Project, server: Server) -> None:
    run(in_python)
    with duckdb.connect(str(in_python.database)) as connection:
        connection.execute("create table elsewhere as select * from dbt_llm__responses")
        connection.execute("delete from dbt_llm__responses")
    run(in_python, "--full-refresh", "--vars", "{dbt_llm_response_sources: [warehouse.main.elsewhere]}")
    assert server.counters.calls == 15
    assert in_python.statuses("pii_in_python") == {("succeeded", None): 20, ("skipped", "null_prompt"): 1}


def test_a_second_run_pays_nothing_and_added_rows_only(in_python: Project, server: Server) -> None:
    run(in_python)
    run(in_python)
    assert server.counters.calls == 15
    in_python.messages([(i, f"message {i % 18}") for i in range(20)])
    run(in_python)
    assert server.counters.calls == 18
    run(in_python, "--full-refresh")
    assert server.counters.calls == 18
    assert in_python.statuses("pii_in_python") == {("succeeded", None): 20}
    python_task(in_python, "pii_in_python", {**PII, "prompt": "Anything private? {body}"})
    run(in_python)
    assert server.counters.calls == 36
    assert in_python.query("select count(distinct llm_prompt_version) from pii_in_python") == [(1,)]


def test_empty_and_sample_cost_nothing_in_either_direction(in_python: Project, server: Server) -> None:
    """With partial parsing on, so that a flag frozen at parse time would be found out."""
    run(in_python, "--empty")
    assert server.counters.calls == 0
    assert in_python.query("select count(*) from pii_in_python") == [(0,)]
    run(in_python)
    assert server.counters.calls == 15
    in_python.messages([(i, f"new {i}") for i in range(4)])
    assert "Unable to do partial parsing" not in run(in_python, "--empty")
    assert server.counters.calls == 15
    sampled = run(in_python, "--sample", "1 day")
    assert server.counters.calls == 15
    assert "4 requests stay pending" in sampled
    assert in_python.query("select llm_status, count(*) from pii_in_python where body like 'new%' group by 1") == [("pending", 4)]
    run(in_python)
    assert server.counters.calls == 19


def test_without_its_hook_it_pays_nothing(in_python: Project, server: Server) -> None:
    python_task(in_python, "pii_in_python", pre_hook=[])
    result = in_python.dbt("run", "--select", "pii_in_python")
    assert not result.ok
    assert 'Add `pre_hook: "{{ dbt_llm.prepare() }}"`' in result.output
    assert server.counters.calls == 0


def test_an_order_is_carried_out_once(in_python: Project, server: Server) -> None:
    """A hook that is taken away after a run that left its order behind: the next run must not pay by it."""
    python_task(in_python, "pii_in_python", post_hook=["{% if false %}{{ dbt_llm.record() }}{% endif %}"])
    run(in_python)
    python_task(in_python, "pii_in_python", pre_hook=[])
    in_python.messages([(1, "another")])
    result = in_python.dbt("run", "--select", "pii_in_python")
    assert not result.ok and "was carried out" in result.output
    assert server.counters.calls == 15


def test_cache_only_calls_nothing(in_python: Project, server: Server) -> None:
    in_python.run("--select", "pii_in_python", DBT_LLM_MODE="cache_only")
    assert server.counters.calls == 0
    assert in_python.statuses("pii_in_python") == {("pending", "not_requested"): 20, ("skipped", "null_prompt"): 1}


def test_limits_hold(in_python: Project, server: Server) -> None:
    python_task(in_python, "pii_in_python", {**PII, "limits": {"requests": 4}})
    assert "11 requests stay pending (limit:requests)" in run(in_python)
    assert server.counters.calls == 4
    run(in_python)
    assert server.counters.calls == 8


def test_a_table_of_a_frame_that_the_model_has_filtered(in_python: Project, server: Server) -> None:
    python_task(in_python, "pii_in_python", code=FILTERED, materialized="table")
    run(in_python)
    assert server.counters.calls == 5
    assert in_python.query("select message_id from pii_in_python order by 1") == [(i,) for i in range(5)]


def test_quarantine_is_recorded(in_python: Project, server: Server) -> None:
    server.answer = lambda request: "certainly" if request.prompt.endswith("message 3</message>") else from_schema(request)
    python_task(in_python, "pii_in_python", llm={**PII, "engine": "async", "review_rate": 0.5})
    run(in_python)
    assert in_python.statuses("pii_in_python")[("quarantined", "invalid_json")] == 2
    found = in_python.query("select task, reason, input_rows, completion from dbt_llm__quarantine")
    assert found == [("pii_in_python", "invalid_json", 2, "certainly")]
    # The review sample too, by the same hook.
    drawn = {key for (key,) in in_python.query("select request_key from dbt_llm__review_sample where task = 'pii_in_python'")}
    keys = {key for (key,) in in_python.query("select llm_request_key from pii_in_python") if key}
    assert drawn == {key for key in keys if int(key[:8], 16) < round(0.5 * 2**32)} != set()
    leftover = in_python.query("select table_name from information_schema.tables where table_name like '%__dbt_llm_%'")
    assert [name for (name,) in leftover if not name.startswith("dbt_llm__")] == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"engine": "asink"}, "Did you mean 'async'?"),
        ({"code": SWAPPED}, "Pass input and responses in this order."),
        ({"code": WITHOUT_RESPONSES}, 'Expected dbt.ref("dbt_llm__responses") in it; got none.'),
        ({"post_hook": []}, "Expected '{{ dbt_llm.record() }}'; got 0 other hooks"),
        ({"llm": {**PII, "prompt": "{bodi}"}}, "Did you mean 'body'?"),
        ({"llm": {**PII, "endpoint": "slow"}}, "no endpoint of that name"),
        ({"llm": {key: value for key, value in PII.items() if key != "response_format"}}, "no response format"),
        ({"llm": {**PII, "deadline": "24h"}}, "only engine 'auto' chooses by it"),
    ],
    ids=lambda value: "" if isinstance(value, str) else next(iter(value)),
)
def test_a_fault_is_told_before_anything_is_paid(
    change: dict[str, object], words: str, in_python: Project, server: Server
) -> None:
    python_task(in_python, "pii_in_python", **change)  # type: ignore[arg-type]
    result = in_python.dbt("run", "--select", "pii_in_python")
    assert "Traceback" not in result.output and 'File "' not in result.output, result.output
    assert not result.ok
    assert words in " ".join(result.output.split())
    assert server.counters.calls == 0


def test_engine_is_of_python_models(project: Project, server: Server) -> None:
    project.task("pii_risk", {**PII, "engine": "async"})
    result = project.dbt("run", "--select", "pii_risk")
    assert not result.ok and "for Python models only" in result.output
    assert server.counters.calls == 0


def test_kill_keeps_what_was_paid(tmp_path: Path) -> None:
    """Money rule 4, by the same figures as for a SQL task."""
    rows, in_flight, latency_s = 600, 16, 0.05
    with Server(from_schema, Faults(latency_s=latency_s, throttle=0.1, error=0.1)) as server:
        project = Project(tmp_path / "project", server.base_url, max_in_flight=in_flight)
        python_task(project, "pii_in_python")
        project.messages([(i, f"message {i}") for i in range(rows)])
        process = project.start("run", "--select", "pii_in_python")
        deadline = time.monotonic() + 60
        while server.counters.answered < 200:
            assert process.exitcode is None and time.monotonic() < deadline
            time.sleep(0.005)
        assert process.pid is not None
        os.killpg(process.pid, signal.SIGKILL)
        process.join()
        run(project)
        assert server.counters.answered - rows <= in_flight + in_flight / latency_s * 0.2
        assert project.statuses("pii_in_python") == {("succeeded", None): rows}
        assert project.query(
            "select count(*), count(distinct request_key) from dbt_llm__responses where status = 'succeeded'"
        ) == [(rows, rows)]


def test_hooks_may_stand_in_the_project(in_python: Project, server: Server) -> None:
    """Once for a folder, in dbt_project.yml."""
    python_task(in_python, "pii_in_python", pre_hook=[], post_hook=[])
    project = in_python.folder / "dbt_project.yml"
    project.write_text(
        project.read_text()
        + "models:\n  project:\n    pii_in_python:\n"
        + "".join(f'      +{name}: "{text}"\n' for name, text in HOOKS.items())
    )
    run(in_python)
    assert server.counters.calls == 15
