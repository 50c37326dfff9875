"""What the fork server does before its first fork: import dbt and the clients, make the template, and compile every macro."""

import contextlib
import gc
import importlib
import os
import shutil
from pathlib import Path

import aiohttp  # noqa: F401
import duckdb
import pandas  # noqa: F401
import pyarrow.compute  # noqa: F401
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import reset_adapters
from dbt.contracts.graph.manifest import Manifest
from dbt_common.clients.jinja import template_cache

import tests.support.batch_task  # noqa: F401
from dbt_llm.client import MissingDependencyError
from dbt_llm.macros import Macros
from tests.support import dbt_process, in_process
from tests.support.project import Project

for provider in ("anthropic", "gemini", "mistral", "openai"):
    # Their clients need a later Python than the package does.
    with contextlib.suppress(MissingDependencyError):
        importlib.import_module(f"dbt_llm.engines.batch.providers.{provider}")


def dbt(project: Project, *arguments: str) -> None:
    """Run a command in this process, which must pass."""
    environment = {**project.environment, "DBT_LLM_MODE": "cache_only"}
    try:
        result = in_process.run(["--no-version-check", "--no-use-colors", *arguments], project.folder, environment)
    finally:
        reset_adapters()
        DuckDBConnectionManager.close_all_connections()
        # The database's file is open until its connections are collected.
        gc.collect()
    assert result.ok, f"dbt {' '.join(arguments)}: {result.output}"


def compile_macros(parsed: Path) -> None:
    """Compile each macro for dbt, and this package's for its Python models too, which otherwise each command does anew."""
    companion = Macros("duckdb", {})
    for macro in Manifest.from_msgpack(parsed.read_bytes()).macros.values():
        template_cache.get_node_template(macro)
        of_dbt_only = "generic_tests" in macro.original_file_path or macro.name.startswith("materialization_")
        if macro.package_name == "dbt_llm" and not of_dbt_only:
            companion.macro(macro.name)


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
        compile_macros(made / "target" / "partial_parse.msgpack")
    except Exception as error:
        (folder / "output.txt").write_text(str(error))


make(Path(os.environ[dbt_process.TEMPLATE]))
# What is here already is the same in every command: not to be looked through, and so not to be copied.
gc.freeze()
