"""Snowflake: a Python model runs in a stored procedure, whose session is Snowpark's."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

_MISSING = 2003
"""Snowflake's error number for an object that does not exist or may not be seen."""
_numbers = itertools.count(1)


class SnowparkWarehouse:
    """A `Warehouse` on a Snowpark session."""

    adapter = "snowflake"
    linger_s = 5.0

    def __init__(self, session: Any) -> None:
        """`session`: a `snowflake.snowpark.Session`."""
        self._session = session

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._session.sql(sql).collect()]

    def execute(self, sql: str) -> None:
        self._session.sql(sql).collect()

    def columns(self, sql: str) -> list[str]:
        return [name.strip('"') for name in self._session.sql(sql).columns]

    def exists(self, relation: str) -> bool:
        from snowflake.snowpark.exceptions import SnowparkSQLException

        try:
            self._session.sql(f"select 1 from {relation} limit 0").collect()
        except SnowparkSQLException as error:
            if error.sql_error_code == _MISSING:
                return False
            raise
        return True

    def append(self, relation: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        from snowflake.snowpark.types import StructField, StructType

        fields = {field.name.strip('"').lower(): field for field in self._session.table(relation).schema.fields}
        names = list(rows[0])
        schema = StructType([StructField(name, fields[name.lower()].datatype) for name in names])
        frame = self._session.create_dataframe([tuple(_plain(row[name]) for name in names) for row in rows], schema=schema)
        frame.write.mode("append").save_as_table(relation, column_order="name")

    def sql_name(self, name: str) -> str:
        return name

    def name_of(self, frame: Any) -> str:
        name = f"_DBT_LLM_INPUT_{next(_numbers)}"
        snowpark_frame = frame if hasattr(frame, "create_or_replace_temp_view") else self._session.create_dataframe(frame)
        snowpark_frame.create_or_replace_temp_view(name)
        return name

    def frame(self, sql: str) -> Any:
        return self._session.sql(sql)

    def secret(self, name: str) -> str | None:
        """A secret of the model's `secrets` config, by its alias there; None outside a procedure."""
        try:
            import _snowflake  # type: ignore[import-not-found, unused-ignore]
        except ImportError:
            return None
        return str(_snowflake.get_generic_secret_string(name))


def _plain(value: Any) -> Any:
    # The tables' timestamps are without a zone, and in UTC.
    return value.astimezone(timezone.utc).replace(tzinfo=None) if isinstance(value, datetime) else value
