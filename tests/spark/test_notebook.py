"""`dbt_llm.spark.complete` in a notebook: each distinct prompt is asked once, however often the DataFrame is used."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from dbt_llm.client import DbtLlmError
from dbt_llm.contract import request_key
from dbt_llm.spark import complete
from dbt_llm.spark.session import session_of
from dbt_llm.workers.models import Settings
from dbt_llm.workers.options import SparkOptions
from dbt_llm.workers.stage import Stage
from tests.spark.counting import ANSWER, ROOT, Counting, entry, seen


class Texts(Counting):
    """A model as a notebook has one: texts come, texts go."""

    @staticmethod
    def expected(text: str) -> Any:
        return f"<{text}>"

    def answer(self, prompts: Sequence[str]) -> Any:
        super().answer(prompts)
        return [self.expected(prompt) for prompt in prompts]


class Numbers(Texts):
    """Numbers that a float of Spark's has exactly."""

    @staticmethod
    def expected(text: str) -> Any:
        return [float(len(text)), 0.5]


@pytest.fixture
def endpoint(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "log").mkdir()
    return entry(tmp_path / "log", str(tmp_path / "stage"))


@pytest.fixture
def session(endpoint: dict[str, Any]) -> SparkSession:
    made: SparkSession = session_of(SparkOptions.split_entry("own", endpoint)[0], "own")
    return made


def frame(session: SparkSession, *prompts: str | None) -> DataFrame:
    return session.createDataFrame(list(enumerate(prompts)), "id int, body string")


def test_each_distinct_prompt_is_asked_once_however_often_the_frame_is_used(
    session: SparkSession, endpoint: dict[str, Any], tmp_path: Path
) -> None:
    answered = complete(frame(session, *[f"prompt {i % 7}" for i in range(20)], None), "body", endpoint)
    assert answered.columns == ["id", "body", "completion", "error"]
    rows = {row["id"]: row["completion"] for row in answered.collect()}
    assert rows == {i: ANSWER if i < 20 else None for i in range(21)}
    assert answered.count() == 21
    log = tmp_path / "log"
    assert sorted(seen(log)) == [f"prompt {i}" for i in range(7)]
    more = frame(session, *[f"prompt {i}" for i in range(9)])
    assert complete(more, "body", endpoint).where("completion is null").count() == 0
    assert len(seen(log)) == 9
    # The key of a task of dbt.
    stage = Stage(endpoint["stage"])
    keys = {request.key for name in stage.names() for request, _ in (stage.read(name) or (None, []))[1]}
    named = {"model_name": "test-model", "model_parameters": {}, "response_format": None}
    assert keys == {request_key(f"prompt {i}", **named) for i in range(9)}  # type: ignore[arg-type]


def test_a_model_that_cannot_be_loaded_is_an_error(session: SparkSession, endpoint: dict[str, Any]) -> None:
    endpoint["arguments"]["load"] = "no weights there"
    with pytest.raises(DbtLlmError, match="no weights there"):
        complete(frame(session, "prompt"), "body", endpoint)


def test_the_functions_of_the_page_ask_each_row_once(session: SparkSession, tmp_path: Path) -> None:
    """As they stand there, over what a notebook has."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "spark.md").read_text().partition("## Ad hoc")[2], re.DOTALL)
    messages = frame(session, *[f"prompt {i}" for i in range(10)]).repartition(2)

    def load_of(model: type[Counting], log: Path) -> Any:
        log.mkdir()

        def load() -> Counting:
            made = model()
            made.load(Settings("callable", "m", arguments={"log": str(log)}, dimensions=8))
            return made

        return load

    for block, model, table in zip(blocks, (Texts, Numbers), ("labelled_messages", "embedded_messages"), strict=True):
        log = tmp_path / table
        folder = f"{log}-table"
        written = block.replace(f'saveAsTable("{table}")', f'parquet("{folder}")')
        assert written != block
        exec(written, {"messages": messages, "load": load_of(model, log)})
        found = {row["body"]: row[2] for row in session.read.parquet(folder).collect()}
        assert found == {f"prompt {i}": model.expected(f"prompt {i}") for i in range(10)}
        assert sorted(seen(log)) == sorted(found) and 1 <= len(seen(log, "loads")) <= 2
