"""The project of the money rules with a task whose models are in the workers of a cluster, and a model that counts."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters

from tests.spark.counting import seen
from tests.support import in_process
from tests.support.project import Project
from tests.support.python_project import python_task

OPTIONS = ["--no-version-check", "--no-use-colors"]


class WorkersProject:
    """The task `pii_in_python` on an engine, run in this process: what its cluster has started stays up."""

    def __init__(self, project: Project, folder: Path, engine: str, entry: Callable[..., dict[str, Any]]) -> None:
        """`entry`: makes the endpoint's entry, of the folder for log and stage, a model's arguments, and changes."""
        self.project = project
        self.folder = folder
        self.stage = folder / "stage"
        self._engine = engine
        self._entry = entry
        self.write()

    def write(self, llm: dict[str, Any] | None = None, arguments: dict[str, Any] | None = None, **changes: Any) -> None:
        """Write the task, and the entry with changes of it."""
        python_task(self.project, "pii_in_python", llm, engine=self._engine)
        path = self.project.folder / "dbt_project.yml"
        declared = yaml.safe_load(path.read_text())
        declared["vars"]["dbt_llm_endpoints"]["fast"][self._engine] = self._entry(self.folder, arguments, **changes)
        path.write_text(yaml.safe_dump(declared, sort_keys=False))

    def dbt(self, *arguments: str, **environment: str) -> Any:
        command = [*OPTIONS, "run", "--select", "pii_in_python", *arguments]
        try:
            return in_process.run(command, self.project.folder, {**self.project.environment, **environment})
        finally:
            # The tests open the database's file themselves, which is open until dbt's connections are collected.
            reset_adapters()
            DuckDBConnectionManager.close_all_connections()
            gc.collect()

    def run(self, *arguments: str, **environment: str) -> str:
        result = self.dbt(*arguments, **environment)
        assert result.ok, result.output
        return str(result.output)

    def seen(self, name: str = "prompts") -> list[str]:
        return seen(self.folder / "log", name)

    def staged(self) -> list[Path]:
        return [path for path in self.stage.rglob("*") if path.is_file()]

    def responses(self) -> list[tuple[Any, ...]]:
        return self.project.query("select engine, count(*), count(distinct request_key) from dbt_llm__responses group by 1")
