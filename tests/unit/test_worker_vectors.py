"""Vectors made in the workers of a cluster: staged, taken in with their responses, and refused where a model makes none."""

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dbt_llm.client import Response
from dbt_llm.macros import Relation
from dbt_llm.responses import Labels
from dbt_llm.testing import Server, hashed_ngrams
from dbt_llm.warehouses.duckdb import DuckDbWarehouse
from dbt_llm.workers import models
from dbt_llm.workers.models import Answered, Completion, Settings
from dbt_llm.workers.stage import Note, Stage
from dbt_llm.workers.work import work
from tests.unit.test_engine_auto import PRICES
from tests.unit.test_engine_spark import TASK, answers, engine
from tests.unit.test_engine_spark import warehouse as warehouse  # a fixture
from tests.unit.test_workers import orders, rows

RESPONSES, EMBEDDINGS = (f'"warehouse"."main"."dbt_llm__{name}"' for name in ("responses", "embeddings"))


class Embedder:
    """Answers what `answered` has for a text, else its vector of 4 numbers."""

    answered: dict[str, Answered]
    settings: Settings

    def load(self, settings: Settings) -> None:
        type(self).settings = settings

    def answer(self, prompts: Sequence[str]) -> Sequence[Answered]:
        return [self.answered.get(prompt, hashed_ngrams(prompt, 4)) for prompt in prompts]


@pytest.fixture(autouse=True)
def _nothing_is_loaded() -> Iterator[None]:
    models._loaded.clear()
    Embedder.answered = {}
    yield
    models._loaded.clear()


def staged(folder: Path) -> dict[str, Response]:
    stage = Stage(str(folder / "stage"))
    found = [stage.read(name) or (None, []) for name in stage.names()]
    return {bytes.fromhex(request.key).decode().lstrip("\0"): response for _, answers in found for request, response in answers}


def embedder(folder: Path, **changes: Any) -> Any:
    return orders(folder, 4, callable="tests.unit.test_worker_vectors:Embedder", batch_rows=8, **changes)


def test_a_class_of_ones_own_returns_vectors(tmp_path: Path) -> None:
    Embedder.answered = {
        "b": Completion(vector=[0.5, math.nan, 1.0, 2.0], input_tokens=3, output_tokens=0),
        "c": "a text",
        "d": [],
        "e": Completion(error="too long"),
        "f": [1.0] * 3,
    }
    work(embedder(tmp_path, **PRICES), rows("abc", "def"))
    found = staged(tmp_path)
    assert (Embedder.settings.dimensions, Embedder.settings.response_format) == (4, None)
    assert found["a"].vector == array("f", hashed_ngrams("a", 4)) and found["a"].completion == ""
    vector = found["b"].vector
    assert vector is not None and vector[0] == 0.5 and math.isnan(vector[1]) and found["b"].cost_usd == pytest.approx(3e-6)
    errors = {text: (found[text].error_class, found[text].error_message, found[text].vector) for text in "cde"}
    assert errors == {
        "c": ("provider_error", "the model gave no vector", None),
        "d": ("provider_error", "the model gave no vector", None),
        "e": ("provider_error", "too long", None),
    }
    # Judged by the table that shows it.
    assert len(found["f"].vector or ()) == 3 and found["f"].error_class is None


def test_a_model_of_another_length_ends_the_run_and_nothing_is_staged(tmp_path: Path) -> None:
    Embedder.answered = {text: [1.0] * 3 for text in "abc"}
    work(embedder(tmp_path), rows("abc", "d"))
    note = Stage(str(tmp_path / "stage")).note()
    assert note is not None and note.stopped == "fatal"
    assert "makes vectors of 3 numbers. Expected 4" in note.message and staged(tmp_path) == {}


def test_a_completion_is_asked_for_and_a_vector_comes(tmp_path: Path) -> None:
    made = embedder(tmp_path)
    work(replace(made, dimensions=None), rows("a"))
    assert (staged(tmp_path)["a"].error_message, staged(tmp_path)["a"].vector) == ("the model gave no text", None)


def test_an_api_has_many_texts_a_call(tmp_path: Path) -> None:
    with Server() as server:
        server.embed = lambda text, _: hashed_ngrams(text, 4)
        entry = {"kind": "api", "callable": None, "base_url": server.base_url, "batch_rows": None, "inputs_per_call": 50}
        counts = work(orders(tmp_path, 4, **entry), rows([f"a{n}" for n in range(60)], [f"b{n}" for n in range(60)]))
        assert (server.counters.calls, server.counters.calls_by_prompt.total()) == (3, 120)
    assert (counts.calls, counts.succeeded) == (3, 120)
    found = staged(tmp_path)
    assert len(found) == 120 and found["b7"].vector == array("f", hashed_ngrams("b7", 4))


def test_what_a_dead_run_has_staged_is_taken_in_with_its_vectors(warehouse: DuckDbWarehouse, tmp_path: Path) -> None:
    made = engine(warehouse, tmp_path, kind="callable", callable="a.b:C")
    made._order.relations["dbt_llm__embeddings"] = Relation(EMBEDDINGS, "warehouse", "main", "dbt_llm__embeddings")
    dead = Stage(f"{made._home(RESPONSES)}/first-run")
    for request, response in answers(1, 2):
        response.vector, response.completion = array("f", [0.5, request.attempt]), ""
        dead.write(0, [(request, response)], Labels("pii", "m", "0123456789ab", "first-run", "spark"))
    dead.end(Note("failed", "whatever"))
    made.recover(RESPONSES, {**TASK, "dimensions": 2})
    query = f"select model_name, dimensions, vector from {EMBEDDINGS} inner join {RESPONSES} using (request_key, model_name)"
    assert warehouse.rows(query) == [("m", 2, [0.5, 1.0])] * 2


@pytest.mark.parametrize(("kind", "is_refused"), [("vllm", True), ("transformers", True), ("callable", False)])
def test_which_models_make_vectors(kind: str, is_refused: bool, warehouse: DuckDbWarehouse, tmp_path: Path) -> None:
    made = engine(warehouse, tmp_path, kind=kind, **({"callable": "a.b:C"} if kind == "callable" else {}))
    faults = made.check({**TASK, "dimensions": 2})
    assert is_refused == any("makes no embeddings with kind" in fault for fault in faults)
    assert made.check(TASK) == []
