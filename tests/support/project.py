"""A small dbt project in a folder of its own, run by the real `dbt` command against a stand-in server."""

import os
import shutil
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import duckdb
import yaml

from tests.support import dbt_process

ROOT = Path(__file__).parents[2]
API_KEY = "sk-test-0123456789-not-a-real-key"

PII: dict[str, Any] = {
    "endpoint": "fast",
    "prompt": "Personal data? <message>{body}</message>",
    "response_format": {
        "has_pii": {"type": "boolean"},
        "pii_types": {"type": "array", "items": {"enum": ["email", "phone", "ssn", "card", "address"]}},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    },
    "model_parameters": {"temperature": 0, "max_tokens": 50},
}


class Result:
    """What a dbt command did."""

    def __init__(self, code: int | None, output: str) -> None:
        self.code = code
        self.output = output

    @property
    def ok(self) -> bool:
        return self.code == 0


class Project:
    """`messages` (a table of the DuckDB file) and the task `pii_risk` over it; more models can be added."""

    def __init__(self, folder: Path, base_url: str, *, is_new: bool = False, **endpoint: Any) -> None:
        """`is_new`: begin as a user does, with nothing parsed and no table built."""
        self.folder = folder
        self.database = folder / "warehouse.duckdb"
        self.output = folder / "output.txt"
        self.environment = {
            **os.environ,
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DBT_LLM_TEST_KEY": API_KEY,
            "DBT_LLM_TEST_URL": base_url,
            "DBT_PROFILES_DIR": str(folder),
            # manifest.json takes half of a short command's time.
            "DBT_WRITE_JSON": "false",
        }
        self.endpoint: dict[str, Any] = {
            "model_name": "test-model", "base_url_env": "DBT_LLM_TEST_URL", "api_key_env": "DBT_LLM_TEST_KEY", **endpoint,
        }  # fmt: skip
        self.models = folder / "models"
        self.models.mkdir(parents=True)
        packages = folder / "dbt_packages"
        packages.mkdir()
        (packages / "dbt_llm").symlink_to(ROOT)
        (folder / "packages.yml").write_text(f"packages:\n  - local: {ROOT}\n")
        self.write_profile(plugins=[{"module": "dbt_llm.duckdb"}])
        self.write_project()
        self.write_model("sources", "-- the input of every task here", source=True)
        self.task("pii_risk", PII)
        if not is_new:
            shutil.copytree(dbt_process.template(), folder, dirs_exist_ok=True)

    def write_profile(self, **output: Any) -> None:
        target = {"type": "duckdb", "path": self.database.name, "threads": 4, **output}
        profile = {"project": {"target": "dev", "outputs": {"dev": target}}}
        (self.folder / "profiles.yml").write_text(yaml.safe_dump(profile))

    def write_project(self, **variables: Any) -> None:
        project = {
            "name": "project", "version": "1.0.0", "config-version": 2, "profile": "project",
            "vars": {"dbt_llm_endpoints": {"fast": {"duckdb": self.endpoint}}, **variables},
        }  # fmt: skip
        (self.folder / "dbt_project.yml").write_text(yaml.safe_dump(project, sort_keys=False))

    def write_model(self, name: str, sql: str, *, source: bool = False) -> None:
        if source:
            declared = {"sources": [{"name": "raw", "schema": "main", "tables": [{"name": "messages"}]}]}
            (self.models / f"{name}.yml").write_text(yaml.safe_dump(declared))
        else:
            (self.models / f"{name}.sql").write_text(sql)

    def task(
        self,
        name: str,
        llm: Any,
        config: str = "materialized='incremental', unique_key='message_id'",
        sql: str = "{{ dbt_llm.enrich(source('raw', 'messages')) }}",
        **properties: Any,
    ) -> None:
        """Write a task's model and its YAML, whose order is that of the response format's columns."""
        (self.models / f"{name}.sql").write_text(f"{{{{ config({config}) }}}}\n{sql}\n")
        declared = {"models": [{"name": name, "config": {"meta": {"llm": llm}}, **properties}]}
        (self.models / f"{name}.yml").write_text(yaml.safe_dump(declared, sort_keys=False, allow_unicode=True))

    def messages(self, rows: list[tuple[Any, ...]], columns: str = "message_id bigint, body varchar") -> None:
        """Replace the input table."""
        with duckdb.connect(str(self.database)) as connection:
            connection.execute(f"create or replace table messages ({columns})")
            if rows:
                connection.executemany(f"insert into messages values ({', '.join('?' * len(rows[0]))})", rows)

    def dbt(self, *arguments: str, timeout: float = 180, **environment: str) -> Result:
        """Run a dbt command in the project's folder."""
        process = self.start(*arguments, **environment)
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"dbt {' '.join(arguments)} ran for more than {timeout} s:\n{self.output.read_text()}")
        return Result(process.exitcode, self.output.read_text())

    def start(self, *arguments: str, **environment: str) -> BaseProcess:
        """Start a dbt command, in a process group of its own."""
        options = ["--no-version-check", "--no-use-colors", *arguments]
        return dbt_process.start(options, self.folder, {**self.environment, **environment}, self.output)

    def run(self, *arguments: str, **environment: str) -> Result:
        """`dbt run`, which must pass."""
        result = self.dbt("run", *arguments, **environment)
        assert result.ok, result.output
        return result

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def statuses(self, table: str = "pii_risk") -> dict[tuple[str, str | None], int]:
        """Rows by (llm_status, llm_reason)."""
        found = self.query(f"select llm_status, llm_reason, count(*) from {table} group by all")
        return {(status, reason): count for status, reason, count in found}
