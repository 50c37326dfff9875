"""Databricks: the session of a Python model is a Spark session, classic or Connect."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["DatabricksWarehouse"]

_numbers = itertools.count(1)


class DatabricksWarehouse:
    """A `Warehouse` on a Spark session."""

    adapter = "databricks"
    linger_s = 5.0

    def __init__(self, session: Any) -> None:
        """`session`: a `pyspark.sql.SparkSession`."""
        self.session = session

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.session.sql(sql).collect()]

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        for row in self.session.sql(sql).toLocalIterator():
            yield tuple(row)

    def execute(self, sql: str) -> None:
        self.session.sql(sql).collect()

    def columns(self, sql: str) -> dict[str, str]:
        return {field.name: field.dataType.simpleString() for field in self.session.sql(sql).schema.fields}

    def types(self, relation: str) -> dict[str, str]:
        return {field.name: field.dataType.simpleString() for field in self.session.table(relation).schema.fields}

    def exists(self, relation: str) -> bool:
        return bool(self.session.catalog.tableExists(relation))

    def append(self, relation: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        from pyspark.sql.types import StructType  # type: ignore[import-not-found, unused-ignore]

        fields = {field.name.lower(): field for field in self.session.table(relation).schema.fields}
        names = list(rows[0])
        schema = StructType([fields[name.lower()] for name in names])
        view = f"_dbt_llm_rows_{next(_numbers)}"
        self.session.createDataFrame([tuple(row[name] for name in names) for row in rows], schema).createOrReplaceTempView(view)
        try:
            columns = ", ".join(f"`{name}`" for name in names)
            self.execute(f"insert into {relation} ({columns}) select {columns} from {view}")
        finally:
            self.session.catalog.dropTempView(view)

    def sql_name(self, name: str) -> str:
        return name if "`" in name else ".".join(f"`{part}`" for part in name.split("."))

    def name_of(self, frame: Any) -> str:
        name = f"_dbt_llm_input_{next(_numbers)}"
        spark_frame = frame if hasattr(frame, "createOrReplaceTempView") else self.session.createDataFrame(frame)
        spark_frame.createOrReplaceTempView(name)
        return name

    def frame(self, sql: str) -> Any:
        return self.session.sql(sql)

    def secret(self, name: str) -> str | None:
        """`scope/key` in Databricks' secrets; None outside Databricks."""
        try:
            from pyspark.dbutils import DBUtils  # type: ignore[import-not-found, unused-ignore]
        except ImportError:
            return None
        scope, _, key = name.partition("/")
        return str(DBUtils(self.session).secrets.get(scope, key))
