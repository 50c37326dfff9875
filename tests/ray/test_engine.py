"""A Python task whose models are in Ray's actors: the table of the other engines, and each request asked once."""

import os
import signal
import time
from array import array
from pathlib import Path

import duckdb
import pytest

from dbt_llm.testing import Faults, Server, hashed_ngrams, rules
from tests.ray.entries import entry, script
from tests.spark.counting import VECTORS
from tests.support import example_task
from tests.support.project import PII, Project
from tests.support.workers_project import WorkersProject


@pytest.fixture
def on_ray(project: Project, tmp_path: Path, ray_cluster: None) -> WorkersProject:
    project.messages([(i, f"message {i % 15}") for i in range(20)] + [(20, None)])
    return WorkersProject(project, tmp_path, "ray", entry)


def test_each_request_is_asked_once(on_ray: WorkersProject) -> None:
    on_ray.run("--empty")
    on_ray.run(DBT_LLM_MODE="cache_only")
    assert on_ray.seen() == []
    assert on_ray.project.statuses("pii_in_python")[("pending", "not_requested")] == 20
    on_ray.write({**PII, "limits": {"requests": 4}})
    assert "11 requests stay pending (limit:requests)" in on_ray.run()
    assert len(on_ray.seen()) == 4
    on_ray.write()
    on_ray.run()
    on_ray.run("--full-refresh")
    assert len(on_ray.seen()) == len(set(on_ray.seen())) == 15
    assert on_ray.project.statuses("pii_in_python") == {("succeeded", None): 20, ("skipped", "null_prompt"): 1}
    assert on_ray.responses() == [("ray", 15, 15)]
    assert on_ray.staged() == []


def test_a_prompt_that_kills_its_worker_is_given_up_and_costs_its_batch(on_ray: WorkersProject) -> None:
    """One actor dies by chance, once; and one prompt kills whoever is asked it."""
    on_ray.project.messages([(i, f"message {i}") for i in range(60)])
    poison = {"poison": "message 30</message>"}
    on_ray.write({**PII, "max_attempts": 1}, poison, callable="tests.ray.entries:Poisoned")
    script(on_ray.folder, kill=["message 7</message>"])
    on_ray.run()
    assert on_ray.project.statuses("pii_in_python") == {
        ("succeeded", None): 59,
        ("quarantined", "provider_error"): 1,
    }
    assert on_ray.responses() == [("ray", 60, 60)]
    assert len(on_ray.seen()) <= 60 + 20 + (20 + 16 + 1)
    before = len(on_ray.seen())
    # Its attempts are used up.
    on_ray.run()
    assert len(on_ray.seen()) == before


def test_a_killed_driver_leaves_what_is_staged_to_the_next_run(on_ray: WorkersProject) -> None:
    on_ray.project.messages([(i, f"message {i}") for i in range(100)])
    script(on_ray.folder, seconds=1.0)
    process = on_ray.project.start("run", "--select", "pii_in_python")
    deadline = time.monotonic() + 300
    while not list(on_ray.stage.glob("*/*/answers/*/*.arrow")):
        assert process.exitcode is None and time.monotonic() < deadline
        time.sleep(0.05)
    assert process.pid is not None
    os.killpg(process.pid, signal.SIGKILL)
    process.join()
    # Its cluster ends with it.
    time.sleep(3)
    asked = len(on_ray.seen())
    assert asked < 100
    on_ray.run()
    assert on_ray.project.statuses("pii_in_python") == {("succeeded", None): 100}
    # Two actors, with a batch each.
    assert len(on_ray.seen()) <= 100 + 2 * 20
    assert on_ray.responses() == [("ray", 100, 100)]
    assert len(on_ray.project.query("select distinct invocation_id from dbt_llm__responses")) == 2


def test_a_model_that_cannot_be_loaded_ends_the_run_before_anything_is_staged(on_ray: WorkersProject) -> None:
    on_ray.write(arguments={"load": "no weights there"})
    result = on_ray.dbt()
    assert not result.ok
    assert "'test-model' cannot be loaded from 'tests.spark.counting:Counting' (OSError: no weights there)" in result.output
    assert on_ray.responses() == [] and on_ray.staged() == []


def test_the_example_by_an_api_is_as_the_sql_task_has_it(on_ray: WorkersProject) -> None:
    """Called from the actors by one rate."""
    llm = example_task.task()
    on_ray.project.messages(example_task.messages())
    on_ray.project.task("pii_risk", llm)
    with Server(rules) as server:
        assert on_ray.project.run("--select", "pii_risk", DBT_LLM_TEST_URL=server.base_url).ok
        asked = server.counters.answered
    # What is known is asked by no engine.
    with duckdb.connect(str(on_ray.project.database)) as connection:
        connection.execute("create table by_sql as from pii_risk")
        connection.execute("delete from dbt_llm__responses")
    with Server(rules, Faults(throttle=[0.02])) as server:
        over_http = {"kind": None, "callable": None, "arguments": None, "batch_rows": None, "max_in_flight": 2}
        on_ray.write(llm, base_url=server.base_url, **over_http)
        on_ray.run()
        assert server.counters.answered == asked > 700
        assert server.counters.max_in_flight <= 2
    assert on_ray.project.query(example_task.differences("by_sql", "pii_in_python")) == []
    assert on_ray.responses() == [("ray", asked, asked)]


def test_each_text_has_its_vector_made_once(on_ray: WorkersProject) -> None:
    on_ray.write(VECTORS, callable="tests.spark.counting:Vectors")
    on_ray.run()
    on_ray.run("--full-refresh")
    assert len(on_ray.seen()) == len(set(on_ray.seen())) == 15
    rows = on_ray.project.query("select body, embedding from pii_in_python where llm_status = 'succeeded'")
    assert len(rows) == 20 and all(array("f", vector) == array("f", hashed_ngrams(body, 8)) for body, vector in rows)
    assert on_ray.staged() == []
