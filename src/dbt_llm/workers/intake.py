"""Taking staged answers into the responses table: while a run goes on, and what a dead one has left."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from ..client import Counts, Sink, submit
from ..responses import Labels
from .stage import Stage, answers_of, labels_of

__all__ = ["Intake"]

_MOST_ANSWERS = 10_000
"""Of one write."""
_MOST_BYTES = 16 << 20
"""Of one write, in the memory of Arrow."""

OpenSink = Callable[[Labels], Sink]
Insert = Callable[[Labels, Any], None]
Known = Callable[[Labels, Mapping[str, int]], Collection[str]]


class Intake:
    """Takes the answers of one stage in, each request's once. Used from one thread, outside the client's event loop.

    Files stay in the stage, as a slice that is tried again looks for them; `finish` removes those that are taken in.
    """

    def __init__(
        self,
        stage: Stage,
        open_sink: OpenSink,
        counts: Counts,
        known: Known,
        *,
        insert: Insert | None = None,
        is_own: bool = False,
    ) -> None:
        """`open_sink`: to the responses table, for answers with these labels. `counts`: where they are counted.

        `known`: of keys, each with its attempt, those that the table has from the run of these labels. `insert`: for a table
        that takes answers as they are staged, all of them or, when it raises, none; the sink finds out which are at fault.
        `is_own`: nobody else takes this stage in, so what is known is asked only once a write has failed, which may have come
        to pass in part.
        """
        self._stage = stage
        self._open_sink = open_sink
        self._insert = insert
        self._counts = counts
        self._known = known
        self._is_sure = is_own
        self._taken: set[str] = set()
        self._seen: set[bytes] = set()

    def take(self) -> None:
        """Take in what is staged by now. Raises what the table raises; what is not written stays staged."""
        names = [name for name in self._stage.names() if name not in self._taken]
        gathered: dict[str, Any] = {}
        size, number_of_bytes = 0, 0
        for name in sorted(names):
            staged = self._stage.table(name)
            if staged is None:
                continue
            gathered[name] = staged
            size += staged.num_rows
            number_of_bytes += staged.nbytes
            if size >= _MOST_ANSWERS or number_of_bytes >= _MOST_BYTES:
                self._write(gathered)
                gathered, size, number_of_bytes = {}, 0, 0
        self._write(gathered)

    def finish(self) -> None:
        """Remove what is taken in: nobody works on it any more."""
        for name in self._taken:
            self._stage.remove(name)
        self._taken.clear()

    def _write(self, files: Mapping[str, Any]) -> None:
        alike: dict[tuple[Labels, Any], list[Any]] = {}
        for staged in files.values():
            alike.setdefault((labels_of(staged), tuple(staged.schema.names)), []).append(staged)
        for (labels, _), tables in alike.items():
            # DuckDB scans what Arrow has chunk by chunk, and a file is a small one.
            staged = pa.concat_tables(tables).combine_chunks()
            keys = staged.column("request_key").to_pylist()
            attempts = staged.column("attempt").to_pylist()
            known = () if self._is_sure else self._known(labels, dict(zip(keys, attempts, strict=True)))
            is_new = []
            digests: set[bytes] = set()
            # Two attempts at one slice, side by side, answer the same requests.
            for key in keys:
                digest = bytes.fromhex(key)[:16]
                is_new.append(digest not in self._seen and digest not in digests and key not in known)
                digests.add(digest)
            if not all(is_new):
                staged = staged.filter(pa.array(is_new))
            if staged.num_rows:
                was_sure, self._is_sure = self._is_sure, False
                self._commit(labels, staged)
                self._is_sure = was_sure
            # Not before they are written: what is not, the next look takes.
            self._seen |= digests
        self._taken.update(files)

    def _commit(self, labels: Labels, staged: Any) -> None:
        if self._insert is not None:
            is_inserted = False
            # What is wrong is met again by the sink, which tries again, and then each row by itself.
            with suppress(Exception):
                self._insert(labels, staged)
                is_inserted = True
            # Apart, so that nothing which goes wrong from here on has what is there written again.
            if is_inserted:
                self._counts.add(_counted(staged))
                return
        sink = self._open_sink(labels)
        answers = answers_of(staged)

        async def write() -> None:
            for request, response in answers:
                sink.keep(request, response)
            await sink.close()

        submit(write()).result()
        for _, response in answers:
            self._counts.settled += 1
            self._counts.add_response(response)
        for counted, there in sink.changes:
            self._counts.take_back(counted)
            if there is None:
                self._counts.settled -= 1
            else:
                self._counts.add_response(there)


def _counted(staged: Any) -> Counts:
    """What answers come to."""

    def total(name: str) -> Any:
        # Not Arrow's own sum, which overflows in silence.
        return sum(filter(None, staged.column(name).to_pylist()))

    succeeded = staged.column("error_class").null_count
    return Counts(
        settled=staged.num_rows,
        succeeded=succeeded,
        failed=staged.num_rows - succeeded,
        input_tokens=total("input_tokens"),
        output_tokens=total("output_tokens"),
        cached_input_tokens=total("cached_input_tokens"),
        cost_usd=float(total("cost_usd")),
    )
