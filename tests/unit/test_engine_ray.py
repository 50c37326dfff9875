"""What the engine `ray` says before it asks anything, and the cluster that it holds; Ray itself is a fake."""

import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest

from dbt_llm.client import ConfigurationError
from dbt_llm.engines.ray import RayEngine
from dbt_llm.ray import clusters
from dbt_llm.ray.clusters import connected
from dbt_llm.warehouses.duckdb import DuckDbWarehouse
from dbt_llm.workers.options import RayOptions, SparkOptions, WorkerOptions
from tests.unit.test_engine_spark import TASK, order

OWN = {"kind": "vllm", "model_name": "m", "stage": "s"}


@pytest.fixture
def warehouse() -> Iterator[DuckDbWarehouse]:
    with duckdb.connect() as connection:
        yield DuckDbWarehouse(connection)


def ray_order(entry: dict[str, Any] | None) -> Any:
    made = order(None)
    if entry is not None:
        made.entries["ray"] = entry
    return made


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (None, "no entry for the engine 'ray'"),
        ({**OWN, "api_key_secret": "a/b"}, "has an api_key_secret for the engine 'ray'"),
        ({**OWN, "replicas": "none"}, "wrong replicas"),
        ({**OWN, "gpus_per_replica": -1}, "wrong gpus_per_replica"),
        ({**OWN, "master": "local[2]"}, "has master. Expected none beside a model in the workers"),
    ],
)
def test_faults_of_the_entry(entry: dict[str, Any] | None, words: str, warehouse: DuckDbWarehouse) -> None:
    with pytest.raises(ConfigurationError, match=words):
        RayEngine(ray_order(entry), warehouse)


@pytest.mark.parametrize("kind", [RayOptions, SparkOptions])
def test_no_key_of_an_entry_is_taken_for_the_name_of_a_variable(kind: type[WorkerOptions]) -> None:
    """dbt reads what ends in `_env` from its environment."""
    assert [item.name for item in fields(kind) if item.name.endswith("_env")] == []


def test_other_platforms_have_no_ray() -> None:
    class Snowflake:
        adapter = "snowflake"

    with pytest.raises(ConfigurationError, match="the engine 'ray' is not for snowflake"):
        RayEngine(ray_order(OWN), Snowflake())  # type: ignore[arg-type]


def test_without_ray_it_says_what_to_install(warehouse: DuckDbWarehouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    warehouse.execute("create table work as select 1 as n, 'k' as request_key, 'p' as prompt, 0 as attempt, 0 as superseded")
    task = {**TASK, "prompt": "{body}", "retries": 5}
    engine = RayEngine(ray_order({**OWN, "stage": str(tmp_path)}), warehouse)
    outcome = engine.complete("work", "r", task, {"limits": {}, "prompt_version": None})
    assert outcome["stopped"] == "fatal" and outcome["sent"] == 0
    assert "Install dbt-llm[ray]" in outcome["message"]


class FakeRay:
    """`ray`, `ray.data` and `ray.util.spark`, which write down what is called. `refuses`: a call that raises."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.called: list[tuple[str, Any]] = []
        self.refuses: str | None = None
        self.is_initialized = False
        modules = {name: ModuleType(name) for name in ("ray", "ray.data", "ray.util", "ray.util.spark")}
        spark: Any = modules["ray.util.spark"]
        spark.setup_ray_cluster = lambda **options: (self._call("setup", options), ("head:6379", "ray://head:10001"))[1]
        spark.shutdown_ray_cluster = lambda: self._call("shutdown_ray_cluster", None)
        fake: Any = modules["ray"]
        fake.init = lambda **options: self._call("init", options.get("address"))
        fake.shutdown = lambda: self._call("shutdown", None)
        fake.is_initialized = lambda: self.is_initialized
        for name, module in modules.items():
            monkeypatch.setitem(sys.modules, name, module)
            parent, _, child = name.rpartition(".")
            if parent:
                setattr(modules[parent], child, module)

    def _call(self, name: str, value: Any) -> None:
        self.called.append((name, value))
        if name == self.refuses:
            raise RuntimeError(name)

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.called]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRay]:
    yield FakeRay(monkeypatch)
    assert clusters._users == []


def options(**changes: Any) -> RayOptions:
    return RayOptions.split_entry("own", {**OWN, **changes})[0]


def test_a_cluster_on_spark_is_shut_down_after_the_run(fake: FakeRay) -> None:
    with connected(options(worker_nodes=4.0, gpus_per_node=1), "own", on_spark=True):
        assert fake.called == [("setup", {"max_worker_nodes": 4, "num_gpus_worker_node": 1}), ("init", "head:6379")]
    assert fake.names[2:] == ["shutdown", "shutdown_ray_cluster"]


@pytest.mark.parametrize("refuses", ["init", "shutdown"])
def test_a_cluster_on_spark_is_shut_down_whatever_happens(refuses: str, fake: FakeRay) -> None:
    fake.refuses = refuses
    with pytest.raises(RuntimeError, match=refuses), connected(options(worker_nodes=4), "own", on_spark=True):
        pass
    assert fake.names[-1] == "shutdown_ray_cluster"


def test_a_run_that_raises_leaves_no_cluster_on_spark(fake: FakeRay) -> None:
    with pytest.raises(ZeroDivisionError), connected(options(worker_nodes=4), "own", on_spark=True):
        raise ZeroDivisionError
    assert fake.names[-1] == "shutdown_ray_cluster"


def test_a_cluster_on_spark_has_a_number_of_nodes(fake: FakeRay) -> None:
    with pytest.raises(ConfigurationError, match="Expected worker_nodes"), connected(options(), "own", on_spark=True):
        pass
    assert fake.called == []


def test_tasks_side_by_side_share_a_connection_to_one_cluster(fake: FakeRay) -> None:
    with connected(options(), "own", on_spark=False):
        with connected(options(), "own", on_spark=False):
            pass
        assert fake.called == [("init", "local")]
        with (
            pytest.raises(ConfigurationError, match="names another Ray cluster"),
            connected(options(address="other:6379"), "own", on_spark=False),
        ):
            pass
    assert fake.names == ["init", "shutdown"]


def test_a_connection_that_was_there_stays(fake: FakeRay) -> None:
    fake.is_initialized = True
    with connected(options(address="auto"), "own", on_spark=True):
        pass
    assert fake.called == []
