"""The two tables of a drain that no connection reaches: the work in a file that dbt wrote, the responses in files."""

from __future__ import annotations

import json
import os
import threading
from array import array
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from ..claimed_work import ClaimedWork, Row
from ..claims import claims_on
from ..client import ConfigurationError, Request
from ..database_file import DatabaseFile
from ..one_thread import OneThread
from ..options import DrainOptions
from ..responses import Answer, Labels
from ..sink import COMMIT_BYTES, LINGER_S, BufferedResponses, WriteError
from .journal import Batch, Session

__all__ = ["FileTables", "Outlet", "outlet_of"]


class Outlet:
    """What is written of one responses table and not taken in yet. Used from any thread.

    A request is claimed until its response is taken in: until then no other task can see it.
    """

    def __init__(self, relation: str) -> None:
        self._claims = claims_on(relation)
        self._lock = threading.Lock()
        self._abandoned: list[Batch] = []
        self._taken: dict[str, int] = {}

    def settle(self, batches: Iterable[Batch]) -> None:
        """Know that batches are taken in, and let go of their files."""
        for batch in batches:
            batch.path.unlink(missing_ok=True)
            with self._lock:
                self._taken.update(batch.keys)
            self._claims.settle(batch.keys)

    def answered(self, attempts: Mapping[str, int]) -> set[str]:
        """Those of the keys of which a response is taken in whose attempt is later than so many."""
        with self._lock:
            return {key for key, attempt in attempts.items() if self._taken.get(key, 0) > attempt}

    def abandon(self, batches: Iterable[Batch]) -> None:
        """Leave batches to whichever task of this run comes next, or to the next run."""
        with self._lock:
            self._abandoned += batches

    def adopt(self) -> list[Batch]:
        """The batches that others have left."""
        with self._lock:
            batches, self._abandoned = self._abandoned, []
        return batches


_outlets: dict[str, Outlet] = {}
_outlets_lock = threading.Lock()


def outlet_of(relation: str) -> Outlet:
    """The outlet of the responses table with this name; one for the whole process."""
    with _outlets_lock:
        return _outlets.setdefault(relation, Outlet(relation))


class FileTables:
    """The `Tables` of a drain beside dbt."""

    def __init__(self, work: Path, options: DrainOptions, session: Session, database: DatabaseFile) -> None:
        """`work`: the file of requests, which is gone from its folder at once, as it holds prompts."""
        self.outlet = outlet_of(options.responses_relation)
        self.work = _WorkFile(work, options, self.outlet)
        self._options = options
        self._session = session
        self._database = database
        self._lock = threading.Lock()
        self._written: list[Batch] = []
        self._untaken: set[str] = set()

    def open_sink(self, labels: Labels) -> BufferedResponses:
        """Open what writes the files. Raises `ConfigurationError` where the database is gone."""
        try:
            self._database.check()
        except WriteError as error:
            raise ConfigurationError([f"{error}."]) from None
        writer = OneThread("dbt-llm-writer")
        relation, store_prompts = self._options.responses_relation, self._options.store_prompts

        def write(answers: Sequence[Answer]) -> None:
            self._database.check()
            batch = self._session.write(answers, relation, labels, store_prompts=store_prompts)
            with self._lock:
                self._written.append(batch)
                self._untaken.update(batch.keys)

        def committed(requests: Iterable[Request]) -> None:
            with self._lock:
                seen = [request for request in requests if request.key not in self._untaken]
            self.work.committed(seen)

        return BufferedResponses(
            write, writer, linger_s=LINGER_S, most_bytes=COMMIT_BYTES, committed=committed, close=writer.shutdown
        )

    def written(self) -> list[Batch]:
        """What has been written since the last time."""
        with self._lock:
            batches, self._written = self._written, []
        return batches

    def settle(self, batches: Sequence[Batch]) -> None:
        """Know that batches are taken in."""
        with self._lock:
            self._untaken.difference_update(key for batch in batches for key in batch.keys)
        self.outlet.settle(batches)

    def close(self) -> None:
        """Nothing yet: what is written is to be taken in before others may claim it."""

    def leave(self) -> None:
        """Close, once all is taken in or nobody will."""
        self.outlet.abandon(self.written())
        self.work.close(but=self._untaken)


class _WorkFile(ClaimedWork):
    """Requests in a file, one JSON object a line, in the order of `n`."""

    def __init__(self, path: Path, options: DrainOptions, outlet: Outlet) -> None:
        super().__init__(options.work_relation, options.responses_relation)
        self._outlet = outlet
        self._file: BinaryIO = path.open("rb")
        path.unlink()
        self._starts = array("Q")
        place = 0
        for line in self._file:
            self._starts.append(place)
            place += len(line)

    def _numbers(self) -> tuple[int, int, int]:
        count = len(self._starts)
        if count == 0:
            return 0, 1, 0
        return count, self._row(0)[0], self._row(count - 1)[0]

    def _rows_after(self, n: int, most: int) -> list[Row]:
        return [self._row(place) for place in range(n, min(n + most, len(self._starts)))]

    def _rows_at(self, numbers: Sequence[int]) -> list[Row]:
        return [self._row(n - 1) for n in sorted(numbers)]

    def _answered(self, attempts: Mapping[str, int]) -> set[str]:
        return self._outlet.answered(attempts)

    def _close(self) -> None:
        self._file.close()

    def _row(self, place: int) -> Row:
        self._file.seek(self._starts[place], os.SEEK_SET)
        row = json.loads(self._file.readline())
        return row["n"], row["request_key"], row["prompt"], row["attempt"], row["superseded"]
