"""The two tables of a drain on DuckDB: the work that is read in slices, the responses that are committed.

Both use connections of their own, so that each read is short, and each insert a transaction of its own.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]

from .claimed_work import ClaimedWork, Row
from .client import ConfigurationError, Request
from .companion.journal import insert_statement, journal_of, left_behind
from .database_file import file_of
from .one_thread import OneThread
from .options import DrainOptions
from .responses import COLUMNS, EMBEDDING_COLUMNS, LABEL_COLUMNS, TIME_COLUMNS, TYPES, Answer, Labels, response_columns
from .sink import COMMIT_BYTES, LINGER_S, BufferedResponses, WriteError

__all__ = ["DuckDbTables", "WorkTable", "insert_staged", "open_responses", "recover"]

_recovering = threading.Lock()

_ARROW_TYPES: Mapping[type, Any] = {str: pa.string(), int: pa.int64(), float: pa.float64(), datetime: pa.timestamp("us")}
_VARYING = pa.schema([(name, _ARROW_TYPES[kind]) for name, kind in TYPES.items() if name not in LABEL_COLUMNS])
_ANSWERS = "_dbt_llm_answers"
_VECTORS = "_dbt_llm_vectors"
_WORK_COLUMNS = "n, request_key, prompt, attempt, superseded"


class WorkTable(ClaimedWork):
    """Requests in a table, by the number in its column `n`."""

    def __init__(self, cursor: Any, relation: str, responses: str, invocation_id: str | None = None) -> None:
        """`cursor`: a DuckDB connection for this table alone. `relation`, `responses`: names as SQL text.

        `invocation_id`: of the dbt invocation, whose other tasks may have answered a request meanwhile.
        """
        super().__init__(relation, responses)
        self._cursor = cursor
        self._responses = responses
        self._invocation_id = invocation_id

    def _numbers(self) -> tuple[int, int, int]:
        query = f"select count(*), coalesce(min(n), 1), coalesce(max(n), 0) from {self._relation}"
        count, first, last = self._cursor.execute(query).fetchall()[0]
        return int(count), int(first), int(last)

    def _rows_after(self, n: int, most: int) -> list[Row]:
        rows: list[Row] = self._cursor.execute(
            f"select {_WORK_COLUMNS} from {self._relation} where n > $after and n <= $until order by n",
            {"after": n, "until": n + most},
        ).fetchall()
        return rows

    def _rows_at(self, numbers: Sequence[int]) -> list[Row]:
        rows: list[Row] = self._cursor.execute(
            f"select {_WORK_COLUMNS} from {self._relation} where n in (select unnest($numbers)) order by n",
            {"numbers": list(numbers)},
        ).fetchall()
        return rows

    def _answered(self, attempts: Mapping[str, int]) -> list[str]:
        found = self._cursor.execute(
            f"select distinct answers.request_key from {self._responses} as answers\n"
            "inner join (select unnest($keys) as request_key, unnest($attempts) as attempt) as asked\n"
            "    on answers.request_key = asked.request_key and coalesce(answers.attempt, 1) > asked.attempt\n"
            "where answers.invocation_id = $invocation_id",
            {"invocation_id": self._invocation_id, "keys": list(attempts), "attempts": list(attempts.values())},
        ).fetchall()
        return [key for (key,) in found]

    def _close(self) -> None:
        self._cursor.close()


class DuckDbTables:
    """The `Tables` of a drain whose process has the database open."""

    def __init__(self, connect: Callable[[], Any], options: DrainOptions) -> None:
        """`connect` makes a connection to the database of both tables."""
        self._connect = connect
        self._options = options
        self.work = WorkTable(connect(), options.work_relation, options.responses_relation, options.invocation_id)

    def open_sink(self, labels: Labels) -> BufferedResponses:
        """Open the responses table."""
        return open_responses(
            self._connect(),
            self._options.responses_relation,
            labels,
            self.work.committed,
            store_prompts=self._options.store_prompts,
            embeddings=self._options.embeddings_relation,
        )

    def close(self) -> None:
        """Give back what is claimed, and close."""
        self.work.close()


class _ResponsesTable:
    """The responses table on a connection of its own; what is inserted together is in one commit."""

    def __init__(self, cursor: Any, relation: str, labels: Labels, *, embeddings: str | None = None) -> None:
        """`cursor`: a DuckDB connection for this table alone, closed with it. `relation`: its name as SQL text.

        `embeddings`: the table of their vectors, which are in the same commit. Raises `ConfigurationError` unless both have
        every column, and what DuckDB raises.
        """
        try:
            _check(cursor, relation, COLUMNS, "dbt_llm__responses")
            if embeddings is not None:
                _check(cursor, embeddings, EMBEDDING_COLUMNS, "dbt_llm__embeddings")
            self._file = file_of(cursor, relation)
            self._file.check()
        except WriteError as error:
            cursor.close()
            raise ConfigurationError([f"{error}."]) from None
        except BaseException:
            cursor.close()
            raise
        self._cursor = cursor
        self._labels = asdict(labels)
        constants = ", ".join(f"${name} as {name}" for name in LABEL_COLUMNS)
        self._insert = f"insert into {relation} by name select *, {constants} from {_ANSWERS}"
        self._insert_vectors = embeddings and (
            f"insert into {embeddings} by name select request_key, $model_name as model_name, len(vector) as dimensions, vector,"
            f" $invocation_id as invocation_id, responded_at as embedded_at from {_VECTORS}"
        )

    def insert(self, answers: Sequence[Answer], *, store_prompts: bool) -> None:
        """Insert answers. Raises `WriteError` where the database's file is no longer there, and what DuckDB raises."""
        columns = response_columns(answers, store_prompts=store_prompts)
        for name in TIME_COLUMNS:
            columns[name] = [round(seconds * 1_000_000) for seconds in columns[name]]
        vectors = None if self._insert_vectors is None else _vectors(answers)
        self._insert_tables(pa.Table.from_pydict(columns, schema=_VARYING), vectors)

    def insert_staged(self, staged: Any, *, store_prompts: bool) -> None:
        """Insert answers that are a table of Arrow as a stage has them. Raises what `insert` does."""
        if not store_prompts:
            # A run that is dead may have been told otherwise.
            nothing = pa.nulls(staged.num_rows, pa.string())
            staged = staged.set_column(staged.schema.get_field_index("prompt"), "prompt", nothing)
        for name in TIME_COLUMNS:
            microseconds = pc.round(pc.multiply(staged.column(name), 1e6)).cast(pa.int64())
            place = staged.schema.get_field_index(name)
            staged = staged.set_column(place, name, microseconds.cast(pa.timestamp("us")))
        vectors = None
        if self._insert_vectors is not None and "vector" in staged.schema.names:
            vectors = staged.filter(pc.is_valid(staged.column("vector"))).select(["request_key", "vector", "responded_at"])
        self._insert_tables(staged.select(_VARYING.names), vectors)

    def close(self) -> None:
        """Close its connection. Raises `WriteError` where the file is no longer there: what was written went with it."""
        self._cursor.close()
        self._file.check()

    def _insert_tables(self, answers: Any, vectors: Any) -> None:
        self._file.check()
        execute = self._cursor.execute
        self._cursor.register(_ANSWERS, answers)
        try:
            if vectors is None:
                execute(self._insert, self._labels)
                return
            self._cursor.register(_VECTORS, vectors)
            execute("begin")
            try:
                execute(self._insert_vectors, {name: self._labels[name] for name in ("model_name", "invocation_id")})
                execute(self._insert, self._labels)
                execute("commit")
            except BaseException:
                execute("rollback")
                raise
            finally:
                self._cursor.unregister(_VECTORS)
        finally:
            self._cursor.unregister(_ANSWERS)


def insert_staged(
    cursor: Any, relation: str, labels: Labels, staged: Any, *, store_prompts: bool, embeddings: str | None = None
) -> None:
    """Insert answers that are a table of Arrow as a stage has them, in one commit: all of them or, when it raises, none.

    `cursor`: a DuckDB connection for this table alone, closed afterwards. `relation`: its name as SQL text. `embeddings`: the
    table of their vectors, which are in the same commit. Raises `ConfigurationError` unless both have every column,
    `WriteError` where the database's file is no longer there, and what DuckDB raises.
    """
    with closing(_ResponsesTable(cursor, relation, labels, embeddings=embeddings)) as table:
        table.insert_staged(staged, store_prompts=store_prompts)


def open_responses(
    cursor: Any,
    relation: str,
    labels: Labels,
    committed: Callable[[Iterable[Request]], None],
    *,
    store_prompts: bool = False,
    embeddings: str | None = None,
) -> BufferedResponses:
    """Open the responses table, to which each response is committed within 200 ms.

    `cursor`: a DuckDB connection for this table alone, closed with the sink. `relation`: its name as SQL text.
    `committed`: as `BufferedResponses` tells it. `embeddings`: the table of their vectors, which are in the same commit.
    Raises `ConfigurationError` unless both have every column, and what DuckDB raises.
    """
    table = _ResponsesTable(cursor, relation, labels, embeddings=embeddings)
    writer = OneThread("dbt-llm-writer")
    # Where pandas is installed, pyarrow imports it for the first table of a process. That may take a second, which
    # must pass before the first call is paid, not between the first answers and their commit.
    pa.array([""])

    def close() -> None:
        writer.shutdown()
        table.close()

    write = partial(table.insert, store_prompts=store_prompts)
    return BufferedResponses(write, writer, linger_s=LINGER_S, most_bytes=COMMIT_BYTES, committed=committed, close=close)


def recover(relation: str, connect: Callable[[], Any]) -> str:
    """Take in the answers that a companion, killed beside another dbt, has left for a table. Returns how many files."""
    with connect() as cursor:
        journal = journal_of(file_of(cursor, relation).path)
        # Whoever comes second finds nothing.
        with _recovering, left_behind(journal, relation) as batches:
            if batches:
                cursor.execute(insert_statement(relation, batches, may_be_known=True))
            return str(len(batches))


def _vectors(answers: Sequence[Answer]) -> Any:
    """The vectors of those that have one, as the columns of Arrow that differ from row to row."""
    found = [(request.key, response) for request, response in answers if response.vector is not None]
    offsets, numbers = array("i", [0]), array("f")
    for _, response in found:
        numbers.extend(response.vector or ())
        offsets.append(len(numbers))
    vectors = pa.ListArray.from_arrays(
        pa.Array.from_buffers(pa.int32(), len(offsets), [None, pa.py_buffer(offsets)]),
        pa.Array.from_buffers(pa.float32(), len(numbers), [None, pa.py_buffer(numbers)]),
    )
    times = [round(response.responded_at * 1_000_000) for _, response in found]
    columns = {
        "request_key": pa.array([key for key, _ in found], pa.string()),
        "vector": vectors,
        "responded_at": pa.array(times, pa.timestamp("us")),
    }
    return pa.table(columns)


def _check(cursor: Any, relation: str, columns: Collection[str], name: str) -> None:
    cursor.execute(f"select * from {relation} limit 0")
    missing = set(columns) - {column[0] for column in cursor.description}
    cursor.fetchall()
    if missing:
        fault = f"{relation} lacks {', '.join(sorted(missing))}. Expected {name}"
        raise ConfigurationError([f"{fault} with all of its columns. Build it and run again."])
