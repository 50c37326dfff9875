"""A Python task whose models are in Spark's workers: the table of the other engines, and each request asked once."""

import os
import signal
import time
from array import array

from pyspark.sql import SparkSession

from dbt_llm.testing import Faults, Server, hashed_ngrams, rules
from tests.spark.counting import VECTORS
from tests.spark.project import TASK, SparkProject
from tests.support import example_task

BATCH_ROWS = "spark.sql.execution.arrow.maxRecordsPerBatch"


def test_each_request_is_asked_once_and_a_model_is_loaded_once_in_a_process(on_spark: SparkProject) -> None:
    on_spark.run()
    assert len(on_spark.seen()) == len(set(on_spark.seen())) == 15
    assert on_spark.statuses() == {("succeeded", None): 20, ("skipped", "null_prompt"): 1}
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


def test_what_a_killed_worker_and_a_failed_task_had_staged_is_not_asked_again(on_spark: SparkProject) -> None:
    """A process is killed, and a task fails twice, at most three times one: each costs its batch of four, and no more."""
    on_spark.project.messages([(i, f"message {i}") for i in range(60)])
    on_spark.script(kill=["message 7</message>"], fail=["message 30</message>"] * 2)
    on_spark.run()
    assert on_spark.statuses() == {("succeeded", None): 60}
    assert on_spark.responses() == [("spark", 60, 60)]
    assert 60 < len(on_spark.seen()) <= 60 + 3 * 4


def test_a_killed_driver_leaves_what_is_staged_to_the_next_run(on_spark: SparkProject) -> None:
    on_spark.project.messages([(i, f"message {i}") for i in range(60)])
    on_spark.script(seconds=0.5)
    process = on_spark.project.start("run", "--select", TASK)
    deadline = time.monotonic() + 300
    while len(list(on_spark.stage.glob("*/*/answers/*/*.arrow"))) < 5:
        assert process.exitcode is None and time.monotonic() < deadline
        time.sleep(0.05)
    assert process.pid is not None
    os.killpg(process.pid, signal.SIGKILL)
    process.join()
    asked = len(on_spark.seen())
    assert asked < 60
    on_spark.script()
    on_spark.run()
    assert on_spark.statuses() == {("succeeded", None): 60}
    # Two workers, with a batch each.
    assert len(on_spark.seen()) <= 60 + 2 * 4
    assert on_spark.responses() == [("spark", 60, 60)]
    assert len(on_spark.project.query("select distinct invocation_id from dbt_llm__responses")) == 2


def test_a_model_that_cannot_be_loaded_ends_the_run_before_anything_is_staged(on_spark: SparkProject) -> None:
    on_spark.write(arguments={"log": str(on_spark.log), "load": "no weights there"})
    result = on_spark.dbt("run", "--select", TASK)
    assert not result.ok
    assert "'test-model' cannot be loaded from 'tests.spark.counting:Counting' (OSError: no weights there)" in result.output
    assert on_spark.responses() == [] and on_spark.staged() == []


def test_the_example_by_an_api_is_as_the_sql_task_has_it(on_spark: SparkProject) -> None:
    """Called from the workers by one rate."""
    llm = example_task.task()
    on_spark.project.messages(example_task.messages(100))
    on_spark.project.task("pii_risk", llm)
    with Server(rules) as server:
        assert on_spark.dbt("run", "--select", "pii_risk", DBT_LLM_TEST_URL=server.base_url).ok
        asked = server.counters.answered
    # What is known is asked by no engine.
    on_spark.execute("create table by_sql as from pii_risk", "delete from dbt_llm__responses")
    with Server(rules, Faults(throttle=[0.05])) as server:
        over_http = {"kind": None, "callable": None, "arguments": None, "batch_rows": None, "max_in_flight": 2}
        on_spark.write(llm, base_url=server.base_url, **over_http)
        on_spark.run()
        assert server.counters.answered == asked > 80
        assert server.counters.max_in_flight <= 2
    assert on_spark.project.query(example_task.differences("by_sql", TASK)) == []
    assert on_spark.responses() == [("spark", asked, asked)]


def test_each_text_has_its_vector_made_once(on_spark: SparkProject) -> None:
    on_spark.write(VECTORS, callable="tests.spark.counting:Vectors")
    on_spark.run()
    on_spark.run("--full-refresh")
    assert len(on_spark.seen()) == len(set(on_spark.seen())) == 15
    rows = on_spark.project.query(f"select body, embedding from {TASK} where llm_status = 'succeeded'")
    assert len(rows) == 20 and all(array("f", vector) == array("f", hashed_ngrams(body, 8)) for body, vector in rows)
    assert on_spark.statuses() == {("succeeded", None): 20, ("skipped", "null_prompt"): 1}
    assert on_spark.staged() == []
