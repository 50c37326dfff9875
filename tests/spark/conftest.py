"""One Spark and one log for all tests, and a project that dbt has parsed."""

import shutil
from pathlib import Path

import pytest

from tests.spark.project import PARSED, SparkProject
from tests.support.project import Project


@pytest.fixture(scope="session")
def session_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose path is the same for all tests, as it stands in the entry."""
    return tmp_path_factory.mktemp("log")


@pytest.fixture(scope="session")
def parsed(session_log: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as dbt has parsed it."""
    made = SparkProject(Project(tmp_path_factory.mktemp("parsed") / "project", "http://127.0.0.1:9"), session_log)
    assert made.dbt("parse").ok
    return made.project.folder / PARSED


@pytest.fixture
def on_spark(project: Project, parsed: Path, session_log: Path) -> SparkProject:
    project.messages([(i, f"message {i % 15}") for i in range(20)] + [(20, None)])
    shutil.copy(parsed, project.folder / PARSED)
    for path in session_log.iterdir():
        path.unlink()
    return SparkProject(project, session_log)
