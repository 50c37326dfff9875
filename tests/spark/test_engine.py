"""A Python task whose models are in Spark's workers: the table of the other engines, and each request asked once."""

import gc
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters
from pyspark.sql import SparkSession

from dbt_llm.testing import Faults, Server, from_schema
from tests.spark.counting import entry, seen
from tests.support import in_process
from tests.support.project import PII, Project
from tests.support.python_project import python_task

BATCH_ROWS = "spark.sql.execution.arrow.maxRecordsPerBatch"
OPTIONS = ["--no-version-check", "--no-use-colors"]


class SparkProject:
    """The project of the money rules with the task `pii_in_python` on Spark, run in this process: its JVM stays up."""

    def __init__(self, project: Project, folder: Path) -> None:
        self.project = project
        self.folder = folder
        self.stage = folder / "stage"
        self.write()

    def write(self, llm: dict[str, Any] | None = None, arguments: dict[str, Any] | None = None, **changes: Any) -> None:
        """Write the task, and the entry with changes of it."""
        python_task(self.project, "pii_in_python", llm, engine="spark")
        path = self.project.folder / "dbt_project.yml"
        declared = yaml.safe_load(path.read_text())
        declared["vars"]["dbt_llm_endpoints"]["fast"]["spark"] = entry(self.folder, arguments, **changes)
        path.write_text(yaml.safe_dump(declared, sort_keys=False))

    def dbt(self, *arguments: str, **environment: str) -> Any:
        command = [*OPTIONS, "run", "--select", "pii_in_python", *arguments]
        try:
            return in_process.run(command, self.project.folder, {**self.project.environment, **environment})
        finally:
            # The tests open the database's file themselves, which is open until dbt's connections are collected.
            reset_adapters()
            DuckDBConnectionManager.close_all_connections()
            gc.collect()

    def run(self, *arguments: str, **environment: str) -> str:
        result = self.dbt(*arguments, **environment)
        assert result.ok, result.output
        return str(result.output)

    def seen(self, name: str = "prompts") -> list[str]:
        return seen(self.folder / "log", name)

    def staged(self) -> list[Path]:
        return [path for path in self.stage.rglob("*") if path.is_file()]

    def responses(self) -> list[tuple[Any, ...]]:
        return self.project.query("select engine, count(*), count(distinct request_key) from dbt_llm__responses group by 1")


@pytest.fixture
def on_spark(project: Project, tmp_path: Path) -> SparkProject:
    project.messages([(i, f"message {i % 15}") for i in range(20)] + [(20, None)])
    return SparkProject(project, tmp_path)


def test_each_request_is_asked_once_and_a_model_is_loaded_once_in_a_process(on_spark: SparkProject) -> None:
    on_spark.run()
    assert len(on_spark.seen()) == len(set(on_spark.seen())) == 15
    assert on_spark.project.statuses("pii_in_python") == {("succeeded", None): 20, ("skipped", "null_prompt"): 1}
    assert on_spark.responses() == [("spark", 15, 15)]
    assert on_spark.staged() == []
    # More of Spark's tasks and stages, in the same processes.
    on_spark.project.messages([(i, f"message {i % 40}") for i in range(40)])
    on_spark.run()
    on_spark.run("--full-refresh")
    assert len(on_spark.seen()) == len(set(on_spark.seen())) == 40
    loads = on_spark.seen("loads")
    assert len(loads) == len(set(loads)) <= 4
    assert SparkSession.builder.getOrCreate().conf.get(BATCH_ROWS) == "10000"


def test_empty_cache_only_and_limits(on_spark: SparkProject) -> None:
    on_spark.run("--empty")
    on_spark.run(DBT_LLM_MODE="cache_only")
    assert on_spark.seen() == []
    assert on_spark.project.statuses("pii_in_python")[("pending", "not_requested")] == 20
    on_spark.write({**PII, "limits": {"requests": 4}})
    assert "11 requests stay pending (limit:requests)" in on_spark.run()
    assert len(on_spark.seen()) == 4
    runs = on_spark.project.query("select engine, sent_requests, stop_reason from dbt_llm__runs order by started_at")
    assert runs[-1] == ("spark", 4, "limit:requests")


def test_what_a_killed_worker_and_a_failed_task_had_staged_is_not_asked_again(on_spark: SparkProject) -> None:
    """A process is killed, and a task fails twice, at most three times one: each costs its batch of four, and no more."""
    on_spark.project.messages([(i, f"message {i}") for i in range(60)])
    on_spark.write(arguments={"kill": ["message 7</message>"], "fail": ["message 30</message>"] * 2})
    on_spark.run()
    assert on_spark.project.statuses("pii_in_python") == {("succeeded", None): 60}
    assert on_spark.responses() == [("spark", 60, 60)]
    assert 60 < len(on_spark.seen()) <= 60 + 3 * 4


def test_a_killed_driver_leaves_what_is_staged_to_the_next_run(on_spark: SparkProject) -> None:
    on_spark.project.messages([(i, f"message {i}") for i in range(60)])
    on_spark.write(arguments={"seconds": 0.5})
    process = on_spark.project.start("run", "--select", "pii_in_python")
    deadline = time.monotonic() + 120
    while len(list(on_spark.stage.glob("*/*/answers/*/*.parquet"))) < 5:
        assert process.exitcode is None and time.monotonic() < deadline
        time.sleep(0.05)
    assert process.pid is not None
    os.killpg(process.pid, signal.SIGKILL)
    process.join()
    asked = len(on_spark.seen())
    assert asked < 60
    on_spark.run()
    assert on_spark.project.statuses("pii_in_python") == {("succeeded", None): 60}
    # Two workers, with a batch each.
    assert len(on_spark.seen()) <= 60 + 2 * 4
    assert on_spark.responses() == [("spark", 60, 60)]
    assert len(on_spark.project.query("select distinct invocation_id from dbt_llm__responses")) == 2


def test_a_model_that_cannot_be_loaded_ends_the_run_before_anything_is_staged(on_spark: SparkProject) -> None:
    on_spark.write(arguments={"load": "no weights there"})
    result = on_spark.dbt()
    assert not result.ok
    assert "'test-model' cannot be loaded from 'tests.spark.counting:Counting' (OSError: no weights there)" in result.output
    assert on_spark.responses() == [] and on_spark.staged() == []


def test_an_api_is_called_from_the_workers_by_one_rate(on_spark: SparkProject, tmp_path: Path) -> None:
    with Server(from_schema, Faults(throttle=0.2)) as server:
        over_http = {"kind": None, "callable": None, "arguments": None, "batch_rows": None, "max_in_flight": 2}
        on_spark.write(base_url=server.base_url, **over_http)
        on_spark.run()
        assert server.counters.answered == 15
        assert server.counters.max_in_flight <= 2
    assert on_spark.project.statuses("pii_in_python") == {("succeeded", None): 20, ("skipped", "null_prompt"): 1}
    assert on_spark.responses() == [("spark", 15, 15)]
