"""The two tables of a drain on DuckDB: the work that is read in slices, the responses that are committed.

Both use connections of their own, so that each read is short, and each insert a transaction of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from .claims import claims_on
from .client import ConfigurationError, Request
from .database_file import file_of
from .responses import COLUMNS, LABEL_COLUMNS, TIME_COLUMNS, TYPES, Answer, Labels, response_columns
from .sink import BufferedResponses, WriteError

__all__ = ["WorkTable", "open_responses"]

_SLICE_BYTES = 4 << 20
_SLICE_ROWS = 4096
_FIRST_SLICE_ROWS = 64
_LINGER_S = 0.1
_COMMIT_BYTES = 2 << 20
"""What a disk takes in less time than answers are gathered for."""

_ARROW_TYPES: Mapping[type, Any] = {str: pa.string(), int: pa.int64(), float: pa.float64(), datetime: pa.timestamp("us")}
_VARYING = pa.schema([(name, _ARROW_TYPES[kind]) for name, kind in TYPES.items() if name not in LABEL_COLUMNS])
_ANSWERS = "_dbt_llm_answers"


class WorkTable:
    """Requests numbered 1..N in the column `n`, read a slice ahead of their use: a few MiB at any time.

    Each request is claimed as it is read. One that another task of this process has claimed comes last, and only if
    that task leaves it without a response; `settled_elsewhere` counts those that it did not leave.
    """

    def __init__(self, cursor: Any, relation: str, responses: str, invocation_id: str | None = None) -> None:
        """`cursor`: a DuckDB connection for this table alone. `relation`, `responses`: names as SQL text.

        `invocation_id`: of the dbt invocation, whose other tasks may have answered a request meanwhile.
        """
        self.settled_elsewhere = 0
        self._cursor = cursor
        self._relation = relation
        self._responses = responses
        self._invocation_id = invocation_id
        self._claims = claims_on(responses)
        self._claims.join()
        self._deferred: list[int] = []
        self._rows = _FIRST_SLICE_ROWS
        self._reader = ThreadPoolExecutor(1, "dbt-llm-reader")

    def count(self) -> int:
        """How many requests there are. Raises `ConfigurationError` unless `n` is 1..N."""
        query = f"select count(*), coalesce(min(n), 1), coalesce(max(n), 0) from {self._relation}"
        count, first, last = self._cursor.execute(query).fetchall()[0]
        if (first, last) != (1, count):
            fault = f"{self._relation} is not numbered. Expected n from 1 to {count}"
            raise ConfigurationError([f"{fault}; got {first} to {last}."])
        return int(count)

    async def slices(self) -> AsyncIterator[list[Request]]:
        """All requests in the order of `n`, slice by slice; then those that other tasks left."""
        loop = asyncio.get_running_loop()
        after = 0
        ahead = loop.run_in_executor(self._reader, self._read, after)
        try:
            while (found := await ahead) is not None:
                after, requests = found
                ahead = loop.run_in_executor(self._reader, self._read, after)
                if requests:
                    yield requests
        finally:
            ahead.cancel()
        while self._deferred:
            if requests := await loop.run_in_executor(self._reader, self._read_deferred):
                yield requests
            elif self._deferred:
                await asyncio.sleep(_LINGER_S)

    def committed(self, requests: Iterable[Request]) -> None:
        """End the claims on requests whose responses are committed. From any thread."""
        self._claims.give_back(request.key for request in requests)

    def close(self) -> None:
        """Wait for the last read, give back what is claimed, and close the cursor."""
        self._reader.shutdown()
        self._claims.give_back_all(self)
        self._cursor.close()

    def _read(self, after: int) -> tuple[int, list[Request]] | None:
        rows = self._cursor.execute(
            f"select n, request_key, prompt, attempt from {self._relation} where n > $after and n <= $until order by n",
            {"after": after, "until": after + self._rows},
        ).fetchall()
        if not rows:
            return None
        size = sum(len(prompt) for _, _, prompt, _ in rows) / len(rows)
        self._rows = max(16, min(_SLICE_ROWS, int(_SLICE_BYTES / max(size, 1))))
        return rows[-1][0], self._claimed(rows)

    def _read_deferred(self) -> list[Request]:
        numbers, self._deferred = self._deferred[: self._rows], self._deferred[self._rows :]
        rows = self._cursor.execute(
            f"select n, request_key, prompt, attempt from {self._relation} where n in (select unnest($numbers)) order by n",
            {"numbers": numbers},
        ).fetchall()
        return self._claimed(rows)

    def _claimed(self, rows: list[tuple[int, str, str, int]]) -> list[Request]:
        """The requests that are this task's to send; the others are put off, or are settled."""
        mine = self._claims.claim(self, [key for _, key, _, _ in rows])
        self._deferred += [n for n, key, _, _ in rows if key not in mine]
        # Asked after the claim: a task gives a claim back only once its response can be seen.
        if mine and self._claims.had_other_tasks:
            found = self._cursor.execute(
                f"select distinct request_key from {self._responses}"
                " where invocation_id = $invocation_id and request_key in (select unnest($keys))",
                {"invocation_id": self._invocation_id, "keys": list(mine)},
            ).fetchall()
            settled = {key for (key,) in found}
            self.settled_elsewhere += len(settled)
            self._claims.give_back(settled)
            mine -= settled
        return [Request(key, prompt, attempt) for _, key, prompt, attempt in rows if key in mine]


def open_responses(
    cursor: Any,
    relation: str,
    labels: Labels,
    committed: Callable[[Iterable[Request]], None],
    *,
    store_prompts: bool = False,
) -> BufferedResponses:
    """Open the responses table, to which each response is committed within 200 ms.

    `cursor`: a DuckDB connection for this table alone, closed with the sink. `relation`: its name as SQL text.
    `committed`: as `BufferedResponses` tells it.
    Raises `ConfigurationError` unless the table has every column, and what DuckDB raises.
    """
    try:
        _check(cursor, relation)
        file = file_of(cursor, relation)
        file.check()
    except WriteError as error:
        cursor.close()
        raise ConfigurationError([f"{error}."]) from None
    except BaseException:
        cursor.close()
        raise
    writer = ThreadPoolExecutor(1, "dbt-llm-writer")
    # Where pandas is installed, pyarrow imports it for the first table of a process. That may take a second, which
    # must pass before the first call is paid, not between the first answers and their commit.
    pa.array([""])
    constants = ", ".join(f"${name} as {name}" for name in LABEL_COLUMNS)
    insert = f"insert into {relation} by name select *, {constants} from {_ANSWERS}"

    def write(answers: Sequence[Answer]) -> None:
        file.check()
        columns = response_columns(answers, store_prompts=store_prompts)
        for name in TIME_COLUMNS:
            columns[name] = [round(seconds * 1_000_000) for seconds in columns[name]]
        cursor.register(_ANSWERS, pa.Table.from_pydict(columns, schema=_VARYING))
        try:
            cursor.execute(insert, asdict(labels))
        finally:
            cursor.unregister(_ANSWERS)

    def close() -> None:
        writer.shutdown()
        cursor.close()
        # Also where the last answers were written before it went.
        file.check()

    return BufferedResponses(write, writer, linger_s=_LINGER_S, most_bytes=_COMMIT_BYTES, committed=committed, close=close)


def _check(cursor: Any, relation: str) -> None:
    cursor.execute(f"select * from {relation} limit 0")
    missing = set(COLUMNS) - {column[0] for column in cursor.description}
    cursor.fetchall()
    if missing:
        fault = f"{relation} lacks {', '.join(sorted(missing))}. Expected dbt_llm__responses"
        raise ConfigurationError([f"{fault} with all of its columns. Build it and run again."])
