"""The two tables of a drain on DuckDB: the work that is read in slices, the responses that are committed.

Both use connections of their own, so that each read is short, and each insert a transaction of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import attrgetter
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from .claims import claims_on
from .client import ConfigurationError, Request, Response
from .response_rows import Labels

COLUMNS = (
    *("request_key", "task", "model_name", "prompt_version", "status", "completion"),
    *(
        "error_class",
        "error_message",
        "finish_reason",
        "input_tokens",
        "output_tokens",
        "cost_usd",
    ),
    *("latency_ms", "attempt", "engine", "response_model", "batch_id", "invocation_id"),
    *("requested_at", "responded_at", "prompt", "cached_input_tokens"),
)
"""The columns of the responses table, in its order."""

_SLICE_BYTES = 4 << 20
_SLICE_ROWS = 4096
_FIRST_SLICE_ROWS = 64
_LINGER_S = 0.1
_ROOM = 20_000

_VARYING = pa.schema(
    [
        *[(name, pa.string()) for name in ("request_key", "status", "completion", "error_class")],
        *[(name, pa.string()) for name in ("error_message", "finish_reason", "response_model")],
        *[(name, pa.int64()) for name in ("input_tokens", "output_tokens", "latency_ms", "cached_input_tokens")],
        ("cost_usd", pa.float64()),
        ("attempt", pa.int32()),
        *[(name, pa.timestamp("us")) for name in ("requested_at", "responded_at")],
        ("prompt", pa.string()),
    ]
)
_AS_IT_IS = (
    *(
        "status",
        "completion",
        "error_class",
        "error_message",
        "finish_reason",
        "input_tokens",
    ),
    *("output_tokens", "cost_usd", "latency_ms", "response_model", "cached_input_tokens"),
)
_as_it_is = attrgetter(*_AS_IT_IS)
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
        mine = self._claims.take(self, [key for _, key, _, _ in rows])
        self._deferred += [n for n, key, _, _ in rows if key not in mine]
        settled: set[str] = set()
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
        return [Request(key, prompt, attempt) for _, key, prompt, attempt in rows if key in mine - settled]


class ResponsesTable:
    """Appends responses, each committed within 200 ms; a `Sink`.

    Responses are kept in the event loop and written by one thread, so that the loop never waits for a disk.
    """

    def __init__(
        self,
        cursor: Any,
        relation: str,
        labels: Labels,
        committed: Callable[[Iterable[Request]], None],
        *,
        store_prompts: bool = False,
        engine: str = "embedded",
    ) -> None:
        """`cursor`: a DuckDB connection for this table alone. `relation`: its name as SQL text.

        `committed`: told after each commit, from the writing thread, which requests it was for.
        Raises `ConfigurationError` unless the table has every column, and what DuckDB raises.
        """
        try:
            _check(cursor, relation)
        except BaseException:
            cursor.close()
            raise
        self._cursor = cursor
        self._relation = relation
        self._labels = labels
        self._committed = committed
        self._store_prompts = store_prompts
        self._engine = engine
        self._kept: list[tuple[Request, Response]] = []
        self._flusher: asyncio.Task[None] | None = None
        self._writer = ThreadPoolExecutor(1, "dbt-llm-writer")
        # Where pandas is installed, pyarrow imports it for the first table of a process. That may take a second, which
        # must pass before the first call is paid, not between the first answers and their commit.
        pa.array([""])

    def keep(self, request: Request, response: Response) -> None:
        """Take a response; it is committed within 200 ms. Raises what the last commit raised."""
        self._kept.append((request, response))
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._flush())
        elif self._flusher.done():
            self._flusher.result()

    def let_go(self, request: Request) -> None:
        """End the claim on a request whose response is held back."""
        self._committed([request])

    async def wait_for_room(self) -> None:
        """Return once fewer than 20,000 responses wait for their commit."""
        while len(self._kept) >= _ROOM and self._flusher is not None:
            await asyncio.wait([self._flusher])

    async def close(self) -> None:
        """Commit what is left and close the cursor. Raises what the last commits raised."""
        try:
            while self._flusher is not None:
                await self._flusher
        finally:
            self._writer.shutdown()
            self._cursor.close()

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        kept_at = time.monotonic()
        while self._kept:
            await asyncio.sleep(kept_at + _LINGER_S - time.monotonic())
            rows, self._kept = self._kept, []
            kept_at = time.monotonic()
            await loop.run_in_executor(self._writer, self._write, rows)
        self._flusher = None

    def _write(self, rows: Sequence[tuple[Request, Response]]) -> None:
        answers = pa.Table.from_pydict(self._columns(rows), schema=_VARYING)
        self._cursor.register(_ANSWERS, answers)
        self._cursor.execute(
            f"insert into {self._relation} by name select *,"
            " $task as task, $model_name as model_name, $prompt_version as prompt_version,"
            " $engine as engine, null as batch_id, $invocation_id as invocation_id"
            f" from {_ANSWERS}",
            {
                "task": self._labels.task,
                "engine": self._engine,
                "model_name": self._labels.model_name,
                "prompt_version": self._labels.prompt_version,
                "invocation_id": self._labels.invocation_id,
            },
        )
        self._cursor.unregister(_ANSWERS)
        self._committed(request for request, _ in rows)

    def _columns(self, rows: Sequence[tuple[Request, Response]]) -> dict[str, Sequence[Any]]:
        responses = [response for _, response in rows]
        columns: dict[str, Sequence[Any]] = dict(zip(_AS_IT_IS, zip(*map(_as_it_is, responses), strict=True), strict=True))
        columns["request_key"] = [request.key for request, _ in rows]
        columns["attempt"] = [request.attempt + 1 for request, _ in rows]
        columns["requested_at"] = [_microseconds(response.requested_at) for response in responses]
        columns["responded_at"] = [_microseconds(response.responded_at) for response in responses]
        columns["prompt"] = [request.prompt if self._store_prompts else None for request, _ in rows]
        return columns


def _microseconds(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _check(cursor: Any, relation: str) -> None:
    cursor.execute(f"select * from {relation} limit 0")
    missing = set(COLUMNS) - {column[0] for column in cursor.description}
    cursor.fetchall()
    if missing:
        fault = f"{relation} lacks {', '.join(sorted(missing))}. Expected dbt_llm__responses"
        raise ConfigurationError([f"{fault} with all of its columns. Build it and run again."])
