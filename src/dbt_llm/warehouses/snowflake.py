"""Snowflake: a Python model runs in a stored procedure, whose session is Snowpark's."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .json_rows import json_row, texts_in_parts

__all__ = ["SnowflakeWarehouse"]

_MISSING = 2003
"""Snowflake's error number for an object that does not exist or may not be seen."""
_LARGEST_TEXT = 15_000_000
"""Bytes of a text that every account takes (16 MiB), with some room."""
_numbers = itertools.count(1)


class SnowflakeWarehouse:
    """A `Warehouse` on a Snowpark session."""

    adapter = "snowflake"
    linger_s = 5.0

    def __init__(self, session: Any) -> None:
        """`session`: a `snowflake.snowpark.Session`."""
        self._session = session

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._session.sql(sql).collect()]

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        from snowflake.snowpark.types import ArrayType, VariantType

        frame = self._session.sql(sql)
        # The client hands over an array, and what may be one, as its JSON text.
        are_arrays = [isinstance(field.datatype, (ArrayType, VariantType)) for field in frame.schema.fields]
        for row in frame.to_local_iterator():
            yield tuple(
                json.loads(value) if is_array and isinstance(value, str) else value
                for value, is_array in zip(row, are_arrays, strict=True)
            )

    def execute(self, sql: str) -> None:
        self._session.sql(sql).collect()

    def columns(self, sql: str) -> dict[str, str]:
        return {field.name.strip('"'): str(field.datatype) for field in self._session.sql(sql).schema.fields}

    def types(self, relation: str) -> dict[str, str]:
        return {str(row[0]): str(row[1]) for row in self.rows(f"describe table {relation}")}

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
        types = {name.lower(): kind for name, kind in self.types(relation).items()}
        for part in texts_in_parts([json_row(row) for row in rows], _LARGEST_TEXT):
            names = list(rows[0])
            values = ", ".join(f'rows_.value:"{name}"::{types[name.lower()]} as {name}' for name in names)
            # One text for all rows, so that one statement appends them whatever their number.
            self._session.sql(
                f"insert into {relation} ({', '.join(names)})"
                f" select {values} from table(flatten(input => parse_json(?))) as rows_",
                params=[f"[{','.join(part)}]"],
            ).collect()

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
