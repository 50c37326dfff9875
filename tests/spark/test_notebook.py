"""`dbt_llm.spark.complete` in a notebook: each distinct prompt is asked once, however often the DataFrame is used."""

import os
import sys
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from dbt_llm.client import DbtLlmError
from dbt_llm.contract import request_key
from dbt_llm.spark import complete
from dbt_llm.workers.stage import Stage
from tests.spark.counting import ANSWER, ROOT, entry, seen


def session() -> SparkSession:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master("local[2,4]").config("spark.executorEnv.PYTHONPATH", str(ROOT))
    for key, value in {"driver.host": "127.0.0.1", "driver.bindAddress": "127.0.0.1", "ui.enabled": "false"}.items():
        builder = builder.config(f"spark.{key}", value)
    return builder.getOrCreate()


def test_each_distinct_prompt_is_asked_once_however_often_the_frame_is_used(tmp_path: Path) -> None:
    frame = session().createDataFrame([(i, f"prompt {i % 7}" if i < 20 else None) for i in range(21)], "id int, body string")
    endpoint = {key: value for key, value in entry(tmp_path).items() if key not in ("master", "conf")}
    answered = complete(frame, "body", endpoint)
    assert answered.columns == ["id", "body", "completion", "error"]
    rows = {row["id"]: row["completion"] for row in answered.collect()}
    assert rows == {i: ANSWER if i < 20 else None for i in range(21)}
    assert answered.count() == 21
    log = tmp_path / "log"
    assert sorted(seen(log)) == [f"prompt {i}" for i in range(7)]
    more = session().createDataFrame([(i, f"prompt {i}") for i in range(9)], "id int, body string")
    assert complete(more, "body", endpoint).where("completion is null").count() == 0
    assert len(seen(log)) == 9
    # The key of a task of dbt.
    stage = Stage(str(tmp_path / "stage"))
    keys = {request.key for name in stage.names() for request, _ in (stage.read(name) or (None, []))[1]}
    named = {"model_name": "test-model", "model_parameters": {}, "response_format": None}
    assert keys == {request_key(f"prompt {i}", **named) for i in range(9)}  # type: ignore[arg-type]


def test_a_model_that_cannot_be_loaded_is_an_error(tmp_path: Path) -> None:
    frame = session().createDataFrame([(1, "prompt")], "id int, body string")
    endpoint = entry(tmp_path, {"load": "no weights there"})
    with pytest.raises(DbtLlmError, match="no weights there"):
        complete(frame, "body", endpoint)
