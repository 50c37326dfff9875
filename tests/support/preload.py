"""What the fork server does before its first fork: import dbt, make the template, and run a task over it once."""

import contextlib
import gc
import io
import os
import shutil
from pathlib import Path

import aiohttp  # noqa: F401
import duckdb
import pandas  # noqa: F401
import pyarrow.compute  # noqa: F401
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters
from dbt.cli.main import dbtRunner
from dbt_common.tests import enable_test_caching

from tests.support import dbt_process
from tests.support.project import Project


def dbt(project: Project, *arguments: str) -> None:
    """Run a command in this process, which must pass."""
    before = dict(os.environ), os.getcwd()
    os.environ.update({**project.environment, "DBT_LLM_MODE": "cache_only"})
    os.chdir(project.folder)
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            result = dbtRunner().invoke(["--no-version-check", "--no-use-colors", *arguments])
    finally:
        os.environ.clear()
        os.environ.update(before[0])
        os.chdir(before[1])
        reset_adapters()
        DuckDBConnectionManager.close_all_connections()
        # The database's file is open until its connections are collected.
        gc.collect()
    assert result.success, f"dbt {' '.join(arguments)}: {result.exception or ''}\n{said.getvalue()}"


def make(folder: Path) -> None:
    """Leave what a run has made in the folder; or else what went wrong, as output.txt."""
    made = folder / "made"
    (made / "target").mkdir(parents=True)
    try:
        project = Project(folder / "project", "http://127.0.0.1:9/v1", is_new=True)
        dbt(project, "run", "--select", "package:dbt_llm")
        with duckdb.connect(str(project.database)) as connection:
            # What dbt wrote last may be in a file beside it.
            connection.execute("checkpoint")
        shutil.copy(project.database, made)
        project.messages([(1, "message")])
        dbt(project, "run", "--exclude", "package:dbt_llm")
        shutil.copy(project.folder / "target" / "partial_parse.msgpack", made / "target")
    except Exception as error:
        (folder / "output.txt").write_text(str(error))


# As dbt's own tests do: a macro's text is parsed once, whatever projects it is in.
enable_test_caching()
make(Path(os.environ[dbt_process.TEMPLATE]))
# What is here already is the same in every command: not to be looked through, and so not to be copied.
gc.freeze()
