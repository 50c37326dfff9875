"""The package's own tables, in a DuckDB without dbt."""

from collections.abc import Iterable
from typing import Any

from dbt_llm.macros import Macros


class _Types:
    """What dbt calls its types, on DuckDB."""

    def type_string(self) -> str:
        return "varchar"

    def type_bigint(self) -> str:
        return "bigint"

    def type_boolean(self) -> str:
        return "boolean"

    def type_timestamp(self) -> str:
        return "timestamp"


def create_tables(connection: Any, names: Iterable[str] | None = None) -> list[str]:
    """Create the package's tables, or those of them, without rows; return their names."""
    macros = Macros("duckdb", {"dbt": _Types()})
    created = list(macros.call("_package_table_columns") if names is None else names)
    for name in created:
        columns = ", ".join(f"{column} {kind}" for column, kind in macros.call("_package_columns", name).items())
        connection.execute(f"create table {name} ({columns})")
    return created
