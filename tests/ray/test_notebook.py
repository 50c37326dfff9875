"""`dbt_llm.ray.complete` in a notebook: each distinct prompt is asked once, however often the Dataset is used."""

from pathlib import Path

import pytest
import ray.data

from dbt_llm.client import DbtLlmError
from dbt_llm.contract import request_key
from dbt_llm.ray import complete
from dbt_llm.workers.lease import held
from dbt_llm.workers.stage import Stage
from tests.ray.entries import entry, script
from tests.spark.counting import ANSWER, seen


def test_each_distinct_prompt_is_asked_once_however_often_the_dataset_is_used(tmp_path: Path, ray_cluster: None) -> None:
    dataset = ray.data.from_items([{"id": i, "body": f"prompt {i % 7}" if i < 20 else None} for i in range(21)])
    answered = complete(dataset, "body", entry(tmp_path))
    rows = {row["id"]: row["completion"] for row in answered.take_all()}
    assert rows == {i: ANSWER if i < 20 else None for i in range(21)}
    assert answered.schema().names == ["id", "body", "completion", "error"]
    log = tmp_path / "log"
    assert sorted(seen(log)) == [f"prompt {i}" for i in range(7)]
    more = ray.data.from_items([{"id": i, "body": f"prompt {i}"} for i in range(9)])
    assert [row["completion"] for row in complete(more, "body", entry(tmp_path)).take_all()] == [ANSWER] * 9
    assert len(seen(log)) == 9
    # The key of a task of dbt.
    named = {"model_name": "test-model", "model_parameters": {}, "response_format": None}
    assert Stage(str(tmp_path / "stage")).keys() == {request_key(f"prompt {i}", **named) for i in range(9)}  # type: ignore[arg-type]


def test_a_prompt_that_kills_its_actor_is_an_error_of_its_row(tmp_path: Path, ray_cluster: None) -> None:
    """Another kills one once, and costs its batch."""
    poisoned = entry(tmp_path, {"poison": "prompt 30"}, callable="tests.ray.entries:Poisoned")
    script(tmp_path, kill=["prompt 7"])
    dataset = ray.data.from_items([{"body": f"prompt {i}"} for i in range(60)])
    rows = complete(dataset, "body", poisoned).take_all()
    assert {row["body"]: row["error"] for row in rows if row["error"]} == {"prompt 30": "provider_error"}
    assert [row["completion"] for row in rows].count(ANSWER) == 59
    # The batch of the first, and of the other its own, sixteen and it alone.
    assert len(seen(tmp_path / "log")) <= 60 + 20 + (20 + 16 + 1)


def test_a_model_that_cannot_be_loaded_is_an_error(tmp_path: Path, ray_cluster: None) -> None:
    dataset = ray.data.from_items([{"body": "prompt"}])
    with pytest.raises(DbtLlmError, match="no weights there"):
        complete(dataset, "body", entry(tmp_path, {"load": "no weights there"}))


def test_a_stage_that_another_call_has_is_left_alone(tmp_path: Path) -> None:
    with held(str(tmp_path / "stage")), pytest.raises(DbtLlmError, match="another call has the stage"):
        complete(ray.data.Dataset, "body", entry(tmp_path))
