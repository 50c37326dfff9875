"""The project of the money rules with a Python task on Spark, run by dbt in this process: its Spark stays up."""

import gc
import json
from pathlib import Path
from typing import Any

import duckdb
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters

from tests.spark.counting import entry, seen
from tests.support import in_process
from tests.support.project import Project, Result
from tests.support.python_project import python_task

OPTIONS = ["--no-version-check", "--no-use-colors"]
TASK = "pii_on_spark"
PARSED = Path("target") / "partial_parse.msgpack"


class SparkProject:
    """The task `pii_on_spark`, whose model counts; its entry is the same for all tests, so that dbt parses it once."""

    def __init__(self, project: Project, log: Path) -> None:
        """`log`: the folder where the model writes, and reads what it shall do."""
        self.project = project
        self.log = log
        # From the project's folder on, so that the entry does not name it.
        self.stage = project.folder / "stage"
        self.write()

    def write(self, llm: dict[str, Any] | None = None, variables: dict[str, Any] | None = None, **changes: Any) -> None:
        """Write the task, its entry with changes of it, and the project's other variables."""
        python_task(self.project, TASK, llm, engine="spark")
        path = self.project.folder / "dbt_project.yml"
        declared = yaml.safe_load(path.read_text())
        endpoints = declared["vars"]["dbt_llm_endpoints"]
        endpoints["fast"]["spark"] = entry(self.log, self.stage.name, **changes)
        declared["vars"] = {"dbt_llm_endpoints": endpoints, **(variables or {})}
        path.write_text(yaml.safe_dump(declared, sort_keys=False))

    def script(self, **what: Any) -> None:
        """Have the model do something beside answering: see `Counting`."""
        (self.log / "script.json").write_text(json.dumps(what))

    def dbt(self, *arguments: str, **environment: str) -> Result:
        try:
            return in_process.run([*OPTIONS, *arguments], self.project.folder, {**self.project.environment, **environment})
        finally:
            # The tests open the database's file themselves, which is open until dbt's connections are collected.
            reset_adapters()
            DuckDBConnectionManager.close_all_connections()
            gc.collect()

    def run(self, *arguments: str, **environment: str) -> str:
        """`dbt run` of the task, which must pass; what it says, in one line."""
        result = self.dbt("run", "--select", TASK, *arguments, **environment)
        assert result.ok, result.output
        return " ".join(result.output.split())

    def seen(self, name: str = "prompts") -> list[str]:
        return seen(self.log, name)

    def staged(self) -> list[Path]:
        return [path for path in self.stage.rglob("*") if path.is_file()]

    def statuses(self) -> dict[tuple[str, str | None], int]:
        return self.project.statuses(TASK)

    def responses(self) -> list[tuple[Any, ...]]:
        return self.project.query("select engine, count(*), count(distinct request_key) from dbt_llm__responses group by 1")

    def execute(self, *statements: str) -> None:
        with duckdb.connect(str(self.project.database)) as connection:
            for statement in statements:
                connection.execute(statement)
