"""Speculation, on a Spark of two hosts: Spark starts no copy of a task on the host where the task runs."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pyspark", reason="Spark is not installed here; `make engines` does it.")

from pyspark.find_spark_home import _find_spark_home
from pyspark.sql import SparkSession

from dbt_llm.spark import complete
from dbt_llm.spark.session import session_of
from dbt_llm.workers.options import SparkOptions
from tests.spark.counting import ALL_SPARK, entry, seen

EAGER = {
    "spark.speculation": "true",
    "spark.speculation.interval": "200ms",
    "spark.speculation.quantile": "0.1",
    "spark.speculation.multiplier": "1.1",
    "spark.speculation.minTaskRuntime": "1s",
}
HERE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false"}


@pytest.fixture
def master(tmp_path: Path) -> Iterator[str]:
    """A master, and two workers of one core, whose hosts are two addresses of this machine."""
    # A session that is there would be used as it is.
    there = SparkSession.getActiveSession()
    if there is not None:
        there.stop()
    home = _find_spark_home()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"spark://127.0.0.1:{port}"
    of_worker = ["--webui-port", "0", "--cores", "1", "--memory", "1g", "--work-dir", str(tmp_path / "work")]
    services = [
        ["master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"],
        ["worker.Worker", "--host", "127.0.0.2", *of_worker, url],
        ["worker.Worker", "--host", "127.0.0.3", *of_worker, url],
    ]
    started = []
    try:
        for service, *options in services:
            # In the place of this script, which ends as the JVM.
            command = [f"{home}/bin/spark-class", f"org.apache.spark.deploy.{service}", *options]
            with (tmp_path / f"{len(started)}.log").open("w") as log:
                started.append(subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"SPARK_HOME": home}))
        yield url
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def test_the_copies_of_a_slow_task_both_ask_and_one_answer_is_kept(
    master: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    log = tmp_path / "log"
    log.mkdir()
    (log / "script.json").write_text(json.dumps({"slow": ["prompt 7"], "seconds": 0.2}))
    endpoint = entry(log, str(tmp_path / "stage"), master=master, tasks_at_once=4, conf=ALL_SPARK | EAGER | HERE)
    session = session_of(SparkOptions.split_entry("own", endpoint)[0], "own")
    try:
        frame = session.createDataFrame([(i, f"prompt {i}") for i in range(80)], "id int, body string")
        answered = complete(frame, "body", endpoint)
        assert answered.count() == 80 and answered.where("completion is null").count() == 0
    finally:
        session.stop()
    prompts = seen(log)
    assert set(prompts) == {f"prompt {i}" for i in range(80)}
    # Only what was not staged when the copy began was asked twice, and nothing more often.
    again = {prompt for prompt in prompts if prompts.count(prompt) == 2}
    assert again and max(prompts.count(prompt) for prompt in prompts) == 2 and len(again) <= 80 / 4 * 2
