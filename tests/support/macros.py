"""Call the package's macros from Python, rendered by dbt itself on an in-memory DuckDB."""

from pathlib import Path
from typing import Any

from dbt.adapters.factory import get_adapter_by_type
from dbt.cli.main import dbtRunner
from dbt.context.providers import generate_runtime_macro_context

PROJECT = """\
name: macro_calls
version: "1.0.0"
config-version: 2
profile: macro_calls
"""

PROFILES = """\
macro_calls:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: ":memory:", threads: 1}
"""


class Macros:
    """The package's macros as one callable each: ``Macros(folder).call("request_key", prompt="body", ...)``."""

    def __init__(self, folder: Path, package: Path) -> None:
        (folder / "dbt_project.yml").write_text(PROJECT)
        (folder / "profiles.yml").write_text(PROFILES)
        (folder / "packages.yml").write_text(f"packages:\n  - local: {package}\n")
        # What `dbt deps` does with a local package.
        (folder / "dbt_packages").mkdir()
        (folder / "dbt_packages" / "dbt_llm").symlink_to(package)
        folders = ["--project-dir", str(folder), "--profiles-dir", str(folder)]
        result = dbtRunner().invoke(["parse", "--no-write-json", "--quiet", *folders])
        assert result.success, result.exception
        self.manifest = result.result
        self.adapter = get_adapter_by_type("duckdb")
        self.adapter.set_macro_resolver(self.manifest)
        self.adapter.set_macro_context_generator(generate_runtime_macro_context)

    def call(self, macro: str, /, **arguments: Any) -> Any:
        """Return what the macro returns."""
        with self.adapter.connection_named(f"call_{macro}"):
            return self.adapter.execute_macro(macro, project="dbt_llm", kwargs=arguments)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        with self.adapter.connection_named("query"):
            _, table = self.adapter.execute(sql, fetch=True)
            return [tuple(row) for row in table.rows]
