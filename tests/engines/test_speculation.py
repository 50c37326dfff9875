"""Speculation, on executors that are processes of their own, as Spark in one process never speculates."""

import json
from pathlib import Path

import pytest

pytest.importorskip("pyspark", reason="Spark is not installed here; `make engines` does it.")

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


def test_the_copies_of_a_slow_task_both_ask_and_one_answer_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.mkdir()
    (log / "script.json").write_text(json.dumps({"slow": ["prompt 7"], "seconds": 0.2}))
    endpoint = entry(log, str(tmp_path / "stage"), master="local-cluster[2,1,1024]", tasks_at_once=4, conf=ALL_SPARK | EAGER)
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
