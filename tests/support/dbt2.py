"""dbt's second engine (dbt Core 2.0), by itself and with the companion beside it. `make integration-dbt2` installs it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from tests.support.project import ROOT, Project

ENVIRONMENT = ROOT / ".envs" / "dbt2"
DBT = ENVIRONMENT / "bin" / "dbt"
COMPANION = Path(sys.executable).with_name("dbt-llm")

needed = pytest.mark.skipif(
    not (ENVIRONMENT / ".ready").exists(),
    reason="dbt 2 and DuckDB's library are not installed here; `make integration-dbt2` does it, with npm",
)


def make_home(folder: Path) -> Path:
    """A home folder in which dbt 2 finds its driver for DuckDB."""
    drivers = folder / ".config" / "adbc" / "drivers"
    drivers.mkdir(parents=True)
    library = ENVIRONMENT / "package" / "libduckdb.so"
    (drivers / "duckdb.toml").write_text(
        'manifest_version = 1\nname = "DuckDB"\nversion = "1.5"\n[Driver]\nentrypoint = "duckdb_adbc_init"\n'
        f'[Driver.shared]\nlinux_amd64 = "{library}"\n'
    )
    return folder


@contextmanager
def database_at(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that writes as an older DuckDB does: dbt 2's library may be one."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as made (storage_version 'v1.0.0'); use made")
        yield connection


class Engine:
    """dbt 2 in a project's folder, without a companion."""

    def __init__(self, folder: Path, home: Path, **environment: str) -> None:
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DBT_")},
            "HOME": str(home),
            "DBT_PROFILES_DIR": str(folder),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            **environment,
        }
        if not (folder / "dbt_packages").exists() and folder.name != "dbt_llm":
            (folder / "dbt_packages").mkdir()
            (folder / "dbt_packages" / "dbt_llm").symlink_to(ROOT)
            (folder / "packages.yml").write_text(f"packages:\n  - local: {ROOT}\n")

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [DBT, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=300
        )

    def run(self, *arguments: str) -> str:
        """A command that must pass, and warn of nothing."""
        done = self.dbt(*arguments)
        output = done.stdout + done.stderr
        assert done.returncode == 0, output
        return output


class Command:
    """A command that has been started in a process group of its own; it looks like multiprocessing's processes."""

    def __init__(self, program: Path, arguments: list[str], folder: Path, environment: dict[str, str], output: Path) -> None:
        with output.open("w") as file:
            self._process = subprocess.Popen(
                [program, *arguments],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = self._process.pid

    @property
    def exitcode(self) -> int | None:
        return self._process.poll()

    def join(self, timeout: float | None = None) -> None:
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return

    def kill(self) -> None:
        self._process.kill()

    def dbt(self) -> int:
        """The process id of the dbt that it runs."""
        [child] = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return int(child)


def start(project: Project, home: Path, *arguments: str, program: Path = COMPANION, **environment: str) -> Command:
    """Start a command of dbt 2 beside the companion; of `program`, where that is another."""
    given = ["dbt", *arguments] if program == COMPANION else list(arguments)
    variables = {**project.environment, "HOME": str(home), "DBT_LLM_DBT": str(DBT), **environment}
    return Command(program, given, project.folder, variables, project.output)
