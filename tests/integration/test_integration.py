"""The project in integration_tests/, on the adapter that `--adapter` names: materializations, contract, unit tests."""

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from dbt_llm.testing import ChatRequest, Server, from_schema
from tests.support import dbt_process
from tests.support.project import ROOT, Result

TASK = "select * from {} order by message_id"


def answer(request: ChatRequest) -> object:
    """A value that the response format allows, or a text where none is asked for."""
    return from_schema(request) if "response_format" in request.body else f"echo of {request.prompt}"


class IntegrationProject:
    """A copy of integration_tests/, so that nothing is left there."""

    def __init__(self, folder: Path, adapter: str, server: Server) -> None:
        shutil.copytree(ROOT / "integration_tests", folder, ignore=shutil.ignore_patterns("dbt_packages", "target", "logs"))
        (folder / "dbt_packages").mkdir()
        (folder / "dbt_packages" / "dbt_llm").symlink_to(ROOT)
        (folder / "packages.yml").write_text(f"packages:\n  - local: {ROOT}\n")
        self.folder, self.adapter, self.server = folder, adapter, server
        self.database = folder / "integration_tests.duckdb"

    def dbt(self, *arguments: str) -> Result:
        output = self.folder / "output.txt"
        environment = {
            **os.environ,
            "DBT_PROFILES_DIR": str(self.folder),
            "DBT_LLM_BASE_URL": self.server.base_url,
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        command = ["--no-version-check", "--no-use-colors", *arguments, "--target", self.adapter]
        process = dbt_process.start(command, self.folder, environment, output)
        process.join(300)
        return Result(process.exitcode, output.read_text())

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def test_build_rebuild_and_refresh(tmp_path: Path, adapter: str) -> None:
    with Server(answer) as server:
        project = IntegrationProject(tmp_path / "project", adapter, server)
        built = project.dbt("build", "--exclude", "inline_macros")
        assert built.ok, built.output
        # 4 distinct bodies for the task, shared by four models; 5 distinct for the one with a contract (a channel more).
        assert server.counters.calls == 4 + 4
        same = project.query(TASK.format("as_incremental"))
        assert [row[6] for row in same] == ["succeeded"] * 3 + ["skipped"] + ["succeeded"] * 2
        for table in ("as_composite_key", "as_table", "as_view"):
            assert project.query(TASK.format(table)) == same, table
        assert project.query("select stream, message_count from streams order by stream") == [("quarantined", 0), ("valid", 5)]
        contracted = project.query(TASK.format("with_contract"))
        for arguments in (["build"], ["run", "--full-refresh"]):
            again = project.dbt(*arguments, "--exclude", "inline_macros")
            assert again.ok, again.output
            assert server.counters.calls == 8
            assert project.query(TASK.format("as_incremental")) == same
            assert project.query(TASK.format("with_contract")) == contracted


def test_inline_macros(tmp_path: Path, adapter: str) -> None:
    with Server(answer) as server:
        project = IntegrationProject(tmp_path / "project", adapter, server)
        built = project.dbt("build", "--select", "raw_messages", "inline_macros")
        assert built.ok, built.output
        rows = project.query("select message_id, completion, label, extracted from inline_macros order by message_id")
        assert [row[1] is None for row in rows] == [False, False, False, True, False, False]
        assert rows[1][1] == "echo of Where is my parcel?"
        assert {row[2] for row in rows} <= {"parcel", "other", None} and rows[3][2] is None
        assert all('"city"' in str(row[3]) for row in rows if row[0] != 4)


@pytest.mark.parametrize("table", ["as_table", "as_incremental"])
def test_a_source_that_grows(table: str, tmp_path: Path, adapter: str) -> None:
    with Server(answer) as server:
        project = IntegrationProject(tmp_path / "project", adapter, server)
        assert project.dbt("build", "--select", f"+{table}", "package:dbt_llm").ok
        assert server.counters.calls == 4
        with (project.folder / "seeds" / "raw_messages.csv").open("a") as seed:
            seed.write("7,chat,A new one\n")
        assert project.dbt("build", "--select", f"+{table}").ok
        assert server.counters.calls == 5
        assert len(project.query(TASK.format(table))) == 7
