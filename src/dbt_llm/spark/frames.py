"""The work table as frames of Spark: read where it stands, or copied beside the stage where Spark cannot see it."""

from __future__ import annotations

from typing import Any, Protocol

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from ..warehouses import Warehouse
from ..workers.files import Files, files_at
from ..workers.work import WORK_SCHEMA
from .urls import spark_url

__all__ = ["CopiedWork", "SparkTable", "WorkFrames"]

_OF_REQUEST = ", ".join(WORK_SCHEMA.names[1:])
_SLICES_OF_A_FILE = 8


class WorkFrames(Protocol):
    """The requests of a work table, whose column `n` counts them from 1."""

    def frame(self, after: int, until: int, slice_rows: int) -> Any:
        """Those with `after` < n <= `until`, with the number of the slice that each is of: so many follow each other."""


class SparkTable:
    """A table that the Spark session reads itself."""

    def __init__(self, session: Any, relation: str) -> None:
        """`relation`: its name as SQL text."""
        self._session = session
        self._relation = relation

    def frame(self, after: int, until: int, slice_rows: int) -> Any:
        return self._session.sql(
            f"select cast(floor((n - 1) / {slice_rows}) as int) as slice, {_OF_REQUEST}"
            f" from {self._relation} where n > {after} and n <= {until}"
        )


class CopiedWork:
    """A table of DuckDB, copied slice by slice into files beside the stage: they hold prompts, and go with the run."""

    def __init__(self, session: Any, url: str, warehouse: Warehouse, relation: str) -> None:
        """`url`: of the run's stage."""
        self._session = session
        self._url = url
        self._files: Files = files_at(url)
        self._warehouse = warehouse
        self._relation = relation

    def frame(self, after: int, until: int, slice_rows: int) -> Any:
        folder = f"work/{after:012d}"
        step = slice_rows * _SLICES_OF_A_FILE
        for start in range(after, until, step):
            rows = self._warehouse.rows(
                f"select (n - 1) // {slice_rows}, {_OF_REQUEST} from {self._relation}"
                f" where n > {start} and n <= {min(start + step, until)} order by n"
            )
            table = pa.Table.from_arrays(
                [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), WORK_SCHEMA, strict=True)],
                schema=WORK_SCHEMA,
            )
            buffer = pa.BufferOutputStream()
            pq.write_table(table, buffer, compression="zstd")
            self._files.write(f"{folder}/{start:012d}.parquet", buffer.getvalue().to_pybytes())
        return self._session.read.parquet(f"{spark_url(self._url)}/{folder}")
