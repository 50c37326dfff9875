import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from dbt_llm.client import connections
from dbt_llm.testing import Server, from_schema
from tests.support import dbt_process, history
from tests.support.macros import Macros
from tests.support.project import Project

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def macros(tmp_path_factory: pytest.TempPathFactory) -> Macros:
    """The package's macros, rendered by dbt on DuckDB."""
    return Macros(tmp_path_factory.mktemp("macros"), ROOT)


@pytest.fixture(autouse=True)
def _endpoints_of_its_own() -> Iterator[None]:
    """What this process knows of an endpoint ends with the test: a later test's server may be given the same port."""
    yield
    if connections._loop is not None:
        connections._loop.call_soon_threadsafe(connections._connections.clear)


@pytest.fixture
def server() -> Iterator[Server]:
    """An endpoint without faults that answers what the response format asks for."""
    with Server(from_schema) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path, server: Server) -> Project:
    """A dbt project with one task over 20 messages, of which 15 are distinct."""
    made = Project(tmp_path / "project", server.base_url)
    made.messages([(i, f"message {i % 15}") for i in range(20)])
    return made


@pytest.fixture(scope="session")
def package_tables() -> Path:
    """A DuckDB file with the package's own models, as dbt builds them, empty.

    To be copied under its own name: DuckDB 1's views have it in them.
    """
    return dbt_process.template() / "warehouse.duckdb"


@pytest.fixture
def history_database(package_tables: Path, tmp_path: Path) -> Path:
    """The package's models with a month of two tasks in them: `tests.support.history`."""
    database = tmp_path / package_tables.name
    shutil.copy(package_tables, database)
    history.write(database)
    return database


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--adapter", action="append", help="an adapter that the integration tests run on; else all of them")


ALONE = re.compile(r"tests/(?:money_rules|errors)/")
"""Tests that share nothing: each runs dbt in a project of its own."""
TOGETHER = re.compile(r"tests/(?:integration/.*\[(\w+)|(browser)/)")
"""Tests of one adapter, or of a browser, for which something is started once. All others keep to their file."""
LONGEST_FIRST = [
    *(re.compile(rf"tests/integration/.*\[{adapter}") for adapter in ("databricks", "snowflake", "bigquery", "duckdb")),
    *(re.compile(rf"tests/{folder}/") for folder in ("dbt2", "executed", "browser", "golden", "docs", "money_rules", "errors")),
]
"""So that at the end short ones are left, which fill both workers."""


class Grouped(LoadScopeScheduling):
    """What is started or built once is so on one worker. (xdist's own groups do not know pytest 9's node ids.)"""

    def _split_scope(self, nodeid: str) -> str:
        if ALONE.match(nodeid):
            return nodeid
        found = TOGETHER.match(nodeid)
        return (found[1] or found[2]) if found else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Grouped:
    # In the order of collection, not by the number of tests.
    config.option.loadscopereorder = False
    return Grouped(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        found = (n for n, pattern in enumerate(LONGEST_FIRST) if pattern.match(item.nodeid))
        return next(found, len(LONGEST_FIRST))

    items.sort(key=place)
