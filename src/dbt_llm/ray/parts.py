"""The work in parts: each is one batch of a worker's, and what is lost when the worker dies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa  # type: ignore[import-untyped]

from ..client import Request
from ..warehouses import Warehouse
from ..workers.batches import Batch
from ..workers.files import Files
from ..workers.work import WORK_SCHEMA, Row

__all__ = ["Part", "read_part", "read_table", "work_rows", "write_parts"]

_ROWS_OF_A_FILE = 20_000
_ROWS_OF_A_QUERY = 50_000
# A part is small, and Parquet's form of so few rows is dearer than they are: as with what workers stage (decision 33).
_WRITE = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
_READ = pa.ipc.IpcReadOptions(use_threads=False)


@dataclass(frozen=True)
class Part:
    """Some requests of one slice: a record batch of an Arrow file beside the stage. `number`: counts the parts of a run."""

    number: int
    file: str
    group: int
    rows: int


def work_rows(warehouse: Warehouse, relation: str, after: int, until: int, slice_rows: int) -> Iterator[Row]:
    """The requests of the work table with `after` < n <= `until`, so many of a slice, by their numbers."""
    for start in range(after, until, _ROWS_OF_A_QUERY):
        found = warehouse.rows(
            f"select n, request_key, prompt, attempt, superseded from {relation}"
            f" where n > {start} and n <= {min(start + _ROWS_OF_A_QUERY, until)} order by n"
        )
        for n, key, prompt, attempt, superseded in found:
            yield (int(n) - 1) // slice_rows, Request(key, prompt, int(attempt), int(superseded))


def write_parts(files: Files, folder: str, batches: Iterable[Batch]) -> list[Part]:
    """Write each batch as a part, into files below a folder of the stage's. They hold prompts, and go with the run."""
    parts: list[Part] = []
    gathered: list[Batch] = []
    rows = 0

    def write() -> None:
        first = len(parts)
        name = f"{folder}/{first:09d}.arrow"
        files.write(name, _file(gathered))
        parts.extend(Part(first + group, name, group, len(requests)) for group, (_, requests) in enumerate(gathered))
        gathered.clear()

    for number, requests in batches:
        gathered.append((number, list(requests)))
        rows += len(requests)
        if rows >= _ROWS_OF_A_FILE:
            write()
            rows = 0
    if gathered:
        write()
    return parts


def read_table(files: Files, file: str, group: int) -> pa.Table:
    """A part as a table of `WORK_SCHEMA`."""
    with files.open(file) as opened:
        return pa.Table.from_batches([pa.ipc.open_file(opened, options=_READ).get_batch(group)])


def read_part(files: Files, file: str, group: int) -> list[Row]:
    """The requests of a part."""
    columns = read_table(files, file, group).to_pydict()
    return [(number, Request(*request)) for number, *request in zip(*(columns[name] for name in WORK_SCHEMA.names), strict=True)]


def _file(batches: Sequence[Batch]) -> bytes:
    buffer = pa.BufferOutputStream()
    with pa.ipc.new_file(buffer, WORK_SCHEMA, options=_WRITE) as file:
        for number, requests in batches:
            columns = {
                "slice": [number] * len(requests),
                "request_key": [request.key for request in requests],
                "prompt": [request.prompt for request in requests],
                "attempt": [request.attempt for request in requests],
                "superseded": [request.superseded for request in requests],
            }
            # A record batch for each, which is read without the others.
            file.write_batch(pa.RecordBatch.from_pydict(columns, schema=WORK_SCHEMA))
    return bytes(buffer.getvalue().to_pybytes())
