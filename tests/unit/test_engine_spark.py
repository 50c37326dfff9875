"""What the engine `spark` takes in of a run that is dead, and what it says before it asks anything."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbt_llm.client import ConfigurationError, Request, Response
from dbt_llm.engines import choose
from dbt_llm.engines.spark import SparkEngine
from dbt_llm.macros import Relation
from dbt_llm.order import Order
from dbt_llm.responses import Labels
from dbt_llm.warehouses import Warehouse
from dbt_llm.warehouses.duckdb import DuckDbWarehouse
from dbt_llm.workers import lease
from dbt_llm.workers.stage import Note, Stage

TASK = {"name": "pii", "store_prompts": False, "limits": {}, "model_parameters": {}, "response_schema": {}}


def order(entry: dict[str, Any] | None) -> Order:
    relations = {
        name: Relation(f'"warehouse"."main"."{name}"', "warehouse", "main", name)
        for name in ("dbt_llm__responses", "dbt_llm__batches", "dbt_llm__batch_requests")
    }
    this = Relation('"warehouse"."main"."pii"', "warehouse", "main", "pii")
    llm = {"endpoint": "own", "engine": "spark"}
    return Order(
        task="pii", llm=llm, entries={} if entry is None else {"spark": entry}, invocation_id="second-run", mode="full",
        is_empty=False, is_sample=False, is_incremental=True, is_full_refresh=False, config={}, this=this, relations=relations,
        timestamp_type="timestamp", variables={},
    )  # fmt: skip


@pytest.fixture
def warehouse(package_tables: Path, tmp_path: Path) -> Iterator[DuckDbWarehouse]:
    shutil.copy(package_tables, tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        yield DuckDbWarehouse(connection)


def engine(warehouse: Warehouse, tmp_path: Path, **changes: Any) -> SparkEngine:
    entry = {"kind": "vllm", "model_name": "m", "stage": str(tmp_path / "stage"), "batch_rows": "8", **changes}
    made = choose({"engine": "spark", "endpoint": "own"}, order(entry), warehouse)
    assert isinstance(made, SparkEngine)
    return made


def answers(*numbers: int) -> list[tuple[Request, Response]]:
    return [
        (
            Request(f"{number:032x}".ljust(64, "0"), "", 1),
            Response("{}", None, None, "stop", 5, 2, None, 3, "m", 1_700_000_000.25, 1_700_000_001.5),
        )
        for number in numbers
    ]


def test_what_a_dead_run_has_staged_is_taken_in_under_its_own_name(warehouse: DuckDbWarehouse, tmp_path: Path) -> None:
    made = engine(warehouse, tmp_path)
    responses = '"warehouse"."main"."dbt_llm__responses"'
    dead = Stage(f"{made._home(responses)}/first-run")
    labels = Labels("pii", "m", "0123456789ab", "first-run", "spark")
    dead.write(0, answers(1, 2), labels)
    dead.write(1, answers(3), labels)
    dead.end(Note("failed", "whatever"))
    made.recover(responses, TASK)
    rows = f"select request_key, invocation_id, attempt, engine, status from {responses} order by 1"
    first = warehouse.rows(rows)
    assert first == [(request.key, "first-run", 2, "spark", "succeeded") for request, _ in answers(1, 2, 3)]
    assert [path for path in (tmp_path / "stage").rglob("*") if path.is_file()] == []
    # Killed after the write, and before the files were gone.
    dead.write(1, answers(3, 4), labels)
    made.recover(responses, TASK)
    assert [row[0] for row in warehouse.rows(rows)] == [request.key for request, _ in answers(1, 2, 3, 4)]
    # A worker that outlives its driver is told to end, until the run after this one; what it stages yet is taken in by that.
    assert dead.note() is not None and dead.names() == []
    dead.write(0, answers(5), labels)
    made.recover(responses, TASK)
    assert [row[0] for row in warehouse.rows(rows)] == [request.key for request, _ in answers(1, 2, 3, 4, 5)]
    assert [path for path in (tmp_path / "stage").rglob("*") if path.is_file()] == []


def test_a_run_that_lives_is_left_alone(warehouse: DuckDbWarehouse, tmp_path: Path) -> None:
    made = engine(warehouse, tmp_path)
    responses = '"warehouse"."main"."dbt_llm__responses"'
    url = f"{made._home(responses)}/first-run"
    with lease.held(url):
        Stage(url).write(0, answers(1), Labels("pii", "m", None, "first-run", "spark"))
        made.recover(responses, TASK)
    assert warehouse.rows(f"select * from {responses}") == [] and len(Stage(url).names()) == 1


def test_without_pyspark_it_says_what_to_install(warehouse: DuckDbWarehouse, tmp_path: Path) -> None:
    warehouse.execute("create table work as select 1 as n, 'k' as request_key, 'p' as prompt, 0 as attempt")
    task = {**TASK, "prompt": "{body}", "retries": 5}
    outcome = engine(warehouse, tmp_path).complete("work", "r", task, {"limits": {}, "prompt_version": None})
    assert outcome["stopped"] == "fatal" and outcome["sent"] == 0
    assert "Install dbt-llm[spark]" in outcome["message"] or "Expected master" in outcome["message"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (None, "no entry for the engine 'spark'"),
        ({"kind": "vllm", "model_name": "m", "stage": "s", "api_key_secret": "a/b"}, "has an api_key_secret for the engine"),
        ({"kind": "vllm", "model_name": "m", "stage": "s", "batch_rows": "many"}, "wrong batch_rows"),
    ],
)
def test_faults_of_the_entry(entry: dict[str, Any] | None, words: str, warehouse: DuckDbWarehouse) -> None:
    with pytest.raises(ConfigurationError, match=words):
        SparkEngine(order(entry), warehouse)


def test_other_platforms_have_no_spark() -> None:
    class Snowflake:
        adapter = "snowflake"

    with pytest.raises(ConfigurationError, match="the engine 'spark' is not for snowflake"):
        SparkEngine(order({"kind": "vllm", "model_name": "m", "stage": "s"}), Snowflake())  # type: ignore[arg-type]
