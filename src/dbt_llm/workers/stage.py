"""The stage: a folder of files by which workers that cannot write to a table hand over answers, batch by batch.

    <stage>/<task>/<run>/answers/<slice>/<random>.arrow    answers, with what is the same in all of them
    <stage>/<task>/<run>/_note                               why the run is to end, whoever found it out first
    <stage>/<task>/<run>/_lease                              that its driver lives

A slice is a part of the work table by its number, which stands in the table: whoever works on a slice again, for whatever
reason, finds what is staged for it and asks for the rest only.
"""

from __future__ import annotations

import json
import secrets
from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import repeat
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from ..client import DbtLlmError, Request, Response
from ..responses import LABEL_COLUMNS, TIME_COLUMNS, TYPES, Answer, Labels, response_columns
from .files import files_at

__all__ = ["Note", "Stage", "StageError", "answers_of", "labels_of"]

_ANSWERS = "answers"
_NOTE = "_note"
_LABELS = b"dbt_llm_labels"
# Times are seconds since the epoch, as the client has them.
_ARROW_TYPES: Mapping[type, Any] = {str: pa.string(), int: pa.int64(), float: pa.float64()}
_SCHEMA = pa.schema(
    [
        (name, pa.float64() if name in TIME_COLUMNS else _ARROW_TYPES[kind])
        for name, kind in TYPES.items()
        if name not in LABEL_COLUMNS
    ]
)
_OF_VECTORS = _SCHEMA.append(pa.field("vector", pa.list_(pa.float32())))
"""Of a file of answers that are vectors."""
_OF_RESPONSE = [field.name for field in fields(Response)]
# Not Parquet, which takes twenty times as long to write and to read a file of one batch.
_WRITE = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
_READ = pa.ipc.IpcReadOptions(use_threads=False)


class StageError(DbtLlmError):
    """A file of a stage is none that this companion has written."""


@dataclass(frozen=True)
class Note:
    """Why a run is to end: `stopped` as in an outcome, and a whole sentence."""

    stopped: str
    message: str


class Stage:
    """The stage of one run of one task. Used by its driver and by all of its workers, from any thread."""

    def __init__(self, url: str) -> None:
        """`url`: the run's folder, as a path or a URL that all of them see."""
        self.files = files_at(url)

    def write(self, slice_number: int, answers: Sequence[Answer], labels: Labels, *, store_prompts: bool = False) -> None:
        """Stage answers of one slice, together: they can be read once this returns. Raises `OSError`."""
        columns = response_columns(answers, store_prompts=store_prompts)
        vectors = [response.vector for _, response in answers]
        has_vectors = any(vector is not None for vector in vectors)
        if has_vectors:
            columns["vector"] = [None if vector is None else vector.tolist() for vector in vectors]
        table = pa.Table.from_pydict(columns, schema=_OF_VECTORS if has_vectors else _SCHEMA)
        table = table.replace_schema_metadata({_LABELS: json.dumps(asdict(labels)).encode()})
        buffer = pa.BufferOutputStream()
        with pa.ipc.new_file(buffer, table.schema, options=_WRITE) as file:
            file.write_table(table)
        # A name of its own, so that nobody who works on the same slice at the same time writes over it.
        self.files.write(f"{_ANSWERS}/{slice_number:06d}/{secrets.token_hex(12)}.arrow", buffer.getvalue().to_pybytes())

    def names(self, slice_number: int | None = None) -> list[str]:
        """The files of answers, of one slice or of all."""
        return self.files.names(_ANSWERS if slice_number is None else f"{_ANSWERS}/{slice_number:06d}")

    def read(self, name: str) -> tuple[Labels, list[Answer]] | None:
        """The answers of a file; None where it is gone. Raises `StageError`, `OSError`."""
        table = self.table(name)
        return None if table is None else (labels_of(table), answers_of(table))

    def keys(self, slice_number: int | None = None) -> set[str]:
        """The keys of the requests that have answers, of a slice or of all. Raises `StageError`, `OSError`."""
        found: set[str] = set()
        for name in self.names(slice_number):
            table = self.table(name)
            if table is not None:
                found.update(table.column("request_key").to_pylist())
        return found

    def completions(self, keys: Collection[str]) -> dict[str, tuple[str | None, str | None]]:
        """Completion and error class of those of the requests that have answers. Raises `StageError`, `OSError`."""
        found: dict[str, tuple[str | None, str | None]] = {}
        for name in self.names():
            table = self.table(name)
            if table is not None:
                columns = (table.column(field).to_pylist() for field in ("request_key", "completion", "error_class"))
                found.update((key, (text, error)) for key, text, error in zip(*columns, strict=True) if key in keys)
        return found

    def table(self, name: str) -> Any:
        """The answers of a file as an Arrow table; None where it is gone. Raises `StageError`, `OSError`."""
        content = self.files.read(name)
        if content is None:
            return None
        try:
            table = pa.ipc.open_file(pa.BufferReader(content), options=_READ).read_all()
        except pa.ArrowInvalid:
            table = None
        if table is None or table.schema.remove_metadata() not in (_SCHEMA, _OF_VECTORS) or _LABELS not in table.schema.metadata:
            raise StageError(
                f"dbt_llm: '{name}' of the stage is not as this version writes it. Expected a file of answers."
                " Take in what is staged with the version that has written it, or remove the file."
            )
        return table

    def remove(self, name: str) -> None:
        """Take a file away whose answers are safe elsewhere."""
        self.files.remove(name)

    def end(self, note: Note) -> None:
        """Have all workers stop before their next batch. The first note stands, as far as one can be told from another."""
        if self.note() is None:
            self.files.write(_NOTE, json.dumps(asdict(note)).encode())

    def note(self) -> Note | None:
        """Why the run is to end, if it is."""
        content = self.files.read(_NOTE)
        return None if content is None else Note(**json.loads(content))

    def clear(self, *, but_note: bool = False) -> None:
        """Take away all that is left but answers; `but_note`: and but why the run is to end."""
        for name in self.files.names():
            if not name.startswith(f"{_ANSWERS}/") and not (but_note and name == _NOTE):
                self.files.remove(name)


def labels_of(table: Any) -> Labels:
    """What is the same in all answers of a file."""
    return Labels(**json.loads(table.schema.metadata[_LABELS]))


def answers_of(table: Any) -> list[Answer]:
    """The answers of a file, or of several that are put together."""
    columns = {field: table.column(field).to_pylist() for field in table.schema.names}
    if "vector" in columns:
        columns["vector"] = [None if numbers is None else array("f", numbers) for numbers in columns["vector"]]
    # By position, as names for each would take half of the time. What no column keeps is None.
    responses = map(Response, *(columns[name] if name in columns else repeat(None) for name in _OF_RESPONSE))
    of_requests = zip(columns["request_key"], columns["prompt"], columns["attempt"], strict=True)
    # A row's attempt counts this call, a request's those before it.
    requests = (Request(key, prompt or "", attempt - 1) for key, prompt, attempt in of_requests)
    return list(zip(requests, responses, strict=True))
