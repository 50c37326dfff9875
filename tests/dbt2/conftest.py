from pathlib import Path
from typing import Any

import pytest

from tests.support import dbt2, dbt_process
from tests.support.project import Project


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what proves again, on dbt 1, what a quicker test proves: it says nothing more of dbt 2."""
    here = Path(__file__).parent
    left_out = [item for item in items if here in item.path.parents and item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder in which dbt 2 finds its driver for DuckDB."""
    return dbt2.make_home(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Path:
    """What dbt 2 makes of the package's tables; to be copied into a project."""
    made = Project(tmp_path_factory.mktemp("template") / "made", "http://127.0.0.1:9/v1", is_new=True)
    process = dbt2.start(made, home, "run", "--select", "package:dbt_llm")
    process.join(120)
    assert process.exitcode == 0, made.output.read_text()
    folder = tmp_path_factory.mktemp("built")
    made.database.rename(folder / made.database.name)
    return folder


@pytest.fixture
def on_dbt2(monkeypatch: pytest.MonkeyPatch, home: Path, built: Path) -> None:
    """Every project runs on dbt 2, with the companion beside it."""

    def start(self: Project, *arguments: str, **environment: str) -> Any:
        return dbt2.start(self, home, *arguments, **environment)

    write_messages = Project.messages

    def messages(self: Project, rows: list[tuple[Any, ...]], columns: str = "message_id bigint, body varchar") -> None:
        if not self.database.exists():
            with dbt2.database_at(self.database):
                """Made in a format that dbt 2's DuckDB reads."""
        write_messages(self, rows, columns)

    monkeypatch.setattr(Project, "start", start)
    monkeypatch.setattr(Project, "messages", messages)
    monkeypatch.setattr(dbt_process, "template", lambda: built)
