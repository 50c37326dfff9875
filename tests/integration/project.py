"""The project in integration_tests/ on one adapter, and what its endpoint answers."""

import copy
import csv
import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import yaml
from dbt.adapters.factory import get_adapter_by_type

from dbt_llm.testing import ChatRequest, Faults, Reply, Server, from_schema, hashed_ngrams
from tests.support import dbt_process, in_process, warehouse
from tests.support.project import ROOT, Result

ADAPTERS = ("duckdb", "snowflake", "databricks", "bigquery")
DUCKDB = {"type": "duckdb", "threads": 4, "plugins": [{"module": "dbt_llm.duckdb"}]}
"""The target on DuckDB itself."""
OPTIONS = ("--no-version-check", "--no-use-colors")
SCHEMA = "dbt_llm_integration"
"""Of all tests of a world: dbt parses a project anew where its schema is another one."""
PACKAGE_MODELS = sorted(path.stem for path in (ROOT / "models").rglob("*.sql"))


def answer(request: ChatRequest) -> str | Reply:
    """The same for the same prompt on every adapter, though each asks with its own dialect of JSON Schema."""
    value = values(request.prompt)
    if value is not None:
        return json.dumps(value)
    return from_schema(request) if "response_format" in request.body else f"echo of {request.prompt}"


def values(prompt: str) -> dict[str, Any] | None:
    """What the answer to a task's prompt is made of."""
    number = int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:4], "big")
    if prompt.startswith("Personal data?"):
        return {"has_pii": number % 2 == 0, "pii_types": ["email", "phone"][: number % 3], "confidence": number % 101 / 100}
    if prompt.startswith("What is in it?"):
        return {
            "name": f'näme "{number % 7}" \\ it\'s',
            "count": number % 10,
            "score": None if number % 3 == 0 else number % 1000 / 8,
            "is_late": number % 2 == 1,
            "due_on": f"2026-01-{number % 28 + 1:02}",
            "seen_at": f"2026-02-03T04:05:{number % 60:02}+02:00",
            "tags": [f"tag {tag}" for tag in range(number % 4)],
            "address": {"city": "Zürich", "zip": number % 10_000},
        }
    return None


@dataclass(frozen=True)
class World:
    """An adapter, the endpoint that its model calls reach, and the dbt target."""

    adapter: str
    server: Server
    target: dict[str, Any]

    def reset(self) -> None:
        """The endpoint without faults, and its counters at zero."""
        self.server.answer, self.server.faults, self.server.embed = answer, Faults(), hashed_ngrams
        self.server.counters.reset()


class IntegrationProject:
    """A copy of integration_tests/ or of another dbt project here, so that nothing is left there."""

    def __init__(self, folder: Path, world: World, schema: str, source: str = "integration_tests") -> None:
        shutil.copytree(
            ROOT / source,
            folder,
            ignore=shutil.ignore_patterns("dbt_packages", "target", "logs", "stand_ins", "*.duckdb"),
        )
        (folder / "dbt_packages").mkdir()
        (folder / "dbt_packages" / "dbt_llm").symlink_to(ROOT)
        (folder / "packages.yml").write_text(f"packages:\n  - local: {ROOT}\n")
        self.folder, self.server, self.adapter = folder, world.server, world.adapter
        # A path that is the same in every copy, for dbt parses a project anew where its target is another one.
        place = {"duckdb": {"path": "warehouse.duckdb"}, "bigquery": {"dataset": schema}}
        self.target = {**world.target, **place.get(world.adapter, {"schema": schema})}
        name = yaml.safe_load((folder / "dbt_project.yml").read_text())["profile"]
        profile = {name: {"target": world.adapter, "outputs": {world.adapter: self.target}}}
        (folder / "profiles.yml").write_text(yaml.safe_dump(profile))
        self.environment = {
            **os.environ,
            "DBT_PROFILES_DIR": str(folder),
            "DBT_LLM_BASE_URL": world.server.base_url,
            # One model for all tests of a world.
            "DBT_LLM_BIGQUERY_MODEL": f"{self.target.get('project')}.{SCHEMA}.stand_in",
            "OPENAI_API_KEY": "none",
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            # manifest.json takes half of a short command's time.
            "DBT_WRITE_JSON": "false",
        }

    def prepare(self) -> None:
        """Parse it, and build what its copies begin with: the package's tables and what the warehouse needs."""
        self.run("run", "--select", "package:dbt_llm")
        self.run("run-operation", "dbt_llm.create_endpoints")

    def copy(self, folder: Path) -> "IntegrationProject":
        """Another one as this one is now, parsed and with its DuckDB file, on the same schema."""
        shutil.copytree(self.folder, folder, symlinks=True, ignore=shutil.ignore_patterns("logs"))
        made = copy.copy(self)
        made.folder, made.environment = folder, {**self.environment, "DBT_PROFILES_DIR": str(folder)}
        return made

    def clear(self) -> None:
        """Leave the tables of the package in the schema, empty, and nothing else. A file of DuckDB is copied as it was."""
        if self.adapter == "duckdb":
            return
        # That of the last command here.
        adapter = get_adapter_by_type(self.adapter)
        credentials = adapter.config.credentials
        with adapter.connection_named("clear"):
            for relation in adapter.list_relations_without_caching(adapter.Relation.create(credentials.database, SCHEMA)):
                if relation.identifier.lower() not in PACKAGE_MODELS:
                    # By SQL: BigQuery's stand-in deletes no view by its API, and the client would ask again for ten minutes.
                    adapter.execute(f"drop {relation.type} if exists {relation}")
                elif relation.is_table:
                    adapter.execute(f"delete from {relation} where true")
        adapter.cleanup_connections()

    def start(self, *arguments: str) -> BaseProcess:
        """Start a dbt command, in a process group of its own."""
        return dbt_process.start([*OPTIONS, *arguments], self.folder, self.environment, self.folder / "output.txt")

    def dbt(self, *arguments: str) -> Result:
        if self.adapter != "duckdb":
            return in_process.run([*OPTIONS, *arguments], self.folder, self.environment)
        # The process that has opened a DuckDB file keeps it from others.
        process = self.start(*arguments)
        process.join(300)
        if process.exitcode is None:
            process.kill()
        return Result(process.exitcode, (self.folder / "output.txt").read_text())

    def run(self, *arguments: str) -> Result:
        """A dbt command that must pass."""
        result = self.dbt(*arguments)
        assert result.ok, result.output
        return result

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query, in values that are the same on every adapter."""
        return warehouse.query({**self.target, "path": str(self.folder / "warehouse.duckdb")}, sql)

    def task(self, model: str, columns: str = "*") -> list[dict[str, Any]]:
        """A task's table by its key, without what names the run."""
        return self.rows(f"select {columns} from {model} order by message_id")

    def statuses(self, model: str = "as_incremental") -> dict[tuple[str, str | None], int]:
        """Rows by (llm_status, llm_reason)."""
        found = self.rows(f"select llm_status, llm_reason, count(*) as row_count from {model} group by 1, 2")
        return {(row["llm_status"], row["llm_reason"]): row["row_count"] for row in found}

    def seed(self, rows: list[tuple[int, str, str]]) -> None:
        """Replace the rows of the input."""
        with (self.folder / "seeds" / "raw_messages.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["message_id", "channel", "body"])
            writer.writerows(rows)

    def edit(self, model: str, **llm: Any) -> None:
        """Change keys of a task in models.yml, and of those that share its config."""
        path = self.folder / "models" / "models.yml"
        declared = yaml.safe_load(path.read_text())
        for properties in declared["models"]:
            if properties["name"] == model:
                properties["config"]["meta"]["llm"].update(llm)
        path.write_text(yaml.safe_dump(declared, sort_keys=False, allow_unicode=True))

    def chunk_size(self, size: int) -> None:
        """How many requests a warehouse's statement answers."""
        path = self.folder / "dbt_project.yml"
        declared = yaml.safe_load(path.read_text())
        declared["vars"]["dbt_llm_endpoints"]["fast"][self.adapter]["chunk_size"] = size
        path.write_text(yaml.safe_dump(declared, sort_keys=False))

    def calls(self) -> int:
        return self.server.counters.calls

    def prompts(self) -> list[str]:
        return self.server.counters.prompts
