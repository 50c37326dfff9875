from collections.abc import Iterator
from pathlib import Path

import pytest

from dbt_llm.testing import Server, from_schema
from tests.support.macros import Macros
from tests.support.project import Project

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def macros(tmp_path_factory: pytest.TempPathFactory) -> Macros:
    """The package's macros, rendered by dbt on DuckDB."""
    return Macros(tmp_path_factory.mktemp("macros"), ROOT)


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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--adapter", action="append", help="an adapter that the integration tests run on; else all of them")
