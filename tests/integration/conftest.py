"""One suite, run on every adapter: DuckDB itself, and a stand-in for each warehouse."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from dbt_llm.testing import Server
from tests.integration.project import ADAPTERS, DUCKDB, SCHEMA, IntegrationProject, World, answer
from tests.support.stand_in import StandIn

_numbers = itertools.count(1)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "adapter" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--adapter") or ADAPTERS
        if unknown := set(chosen) - set(ADAPTERS):
            raise pytest.UsageError(f"no integration target {sorted(unknown)}. Expected one of {list(ADAPTERS)}.")
        metafunc.parametrize("adapter", chosen, scope="session")


@pytest.fixture(scope="session")
def world(adapter: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The endpoint that counts, and the warehouse that asks it."""
    folder = tmp_path_factory.mktemp(adapter)
    with Server(answer) as server:
        if adapter == "duckdb":
            yield World(adapter, server, DUCKDB)
        else:
            with StandIn(adapter, server.base_url, folder / "stand_in.log") as target:
                yield World(adapter, server, target)


@pytest.fixture(scope="session")
def template(world: World, tmp_path_factory: pytest.TempPathFactory) -> IntegrationProject:
    """integration_tests/ as dbt has parsed it, with the package's tables in its schema."""
    made = IntegrationProject(tmp_path_factory.mktemp(f"template_{world.adapter}") / "project", world, SCHEMA)
    made.prepare()
    return made


@pytest.fixture
def project(world: World, template: IntegrationProject, tmp_path: Path) -> IntegrationProject:
    """A copy of the template with the package's tables empty, an endpoint without faults and counters at zero."""
    world.reset()
    template.clear()
    return template.copy(tmp_path / "project")


@pytest.fixture
def new_project(world: World, template: IntegrationProject, tmp_path: Path) -> IntegrationProject:
    """A copy of integration_tests/ as a user begins: nothing is parsed, and its schema is not there."""
    world.reset()
    return IntegrationProject(tmp_path / "project", world, f"dbt_llm_{next(_numbers)}")
