"""One Spark job over a part of the work, and what its driver does meanwhile."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from typing import Any

from ..client import Counts, host
from ..client.redaction import error_words
from ..one_thread import OneThread
from ..workers.stage import Note, Stage
from ..workers.watch import Watched
from ..workers.work import Orders
from .worker import SCHEMA, WORK_COLUMNS, staging

__all__ = ["Job"]

_ROWS_OF_A_BATCH = "spark.sql.execution.arrow.maxRecordsPerBatch"


class Job(Watched):
    """Has the rows of a frame answered into a stage. Used once, from one thread; `interrupt` from anywhere."""

    def __init__(self, session: Any, orders: Orders, partitions: int, gpus_per_task: float | None = None) -> None:
        """`partitions`: how many tasks there are; with kind `api` no more than share the rates. `gpus_per_task`: asked for."""
        super().__init__(Stage(orders.stage))
        self._session = session
        self._orders = orders
        self._partitions = partitions
        self._gpus_per_task = gpus_per_task
        self._tag = f"dbt_llm-{uuid.uuid4()}"

    def run(self, frame: Any, tick: Callable[[], None], every_s: float, counts: Counts) -> None:
        """Run it. `frame`: the work, with `WORK_COLUMNS`. `tick`: called every `every_s` seconds, and never at once.

        `counts`: where what the workers did is counted; those that were killed tell nothing. An error of Spark's is left in the
        stage as a note, as are the workers' own. Raises what `tick` raises.
        """
        with _rows_of_a_batch(self._session, self._orders.options.batch_rows), host.interrupted_by_host(self):
            # A thread of its own, so that the tag is of this job only.
            with OneThread("dbt-llm-spark") as executor:
                job = executor.submit(self._collect, frame)
                try:
                    self.watch(lambda seconds: bool(futures.wait([job], seconds).done), self._end, tick, every_s)
                except BaseException as error:
                    self._stage.end(Note("failed", f"dbt_llm.enrich: the run broke off ({error_words(error)})."))
                    self._end()
                    raise
            failure = job.exception()
            if failure is None:
                for sent, calls, throttled in job.result():
                    counts.sent += sent
                    counts.calls += calls
                    counts.throttled += throttled
            elif self._stage.note() is None:
                self._stage.end(Note("failed", f"dbt_llm.enrich: the Spark job broke off ({_words(failure)})."))

    def _collect(self, frame: Any) -> list[tuple[int, int, int]]:
        self._session.addTag(self._tag)
        try:
            # Not by their range, for which Spark reads the work once more, to guess at bounds.
            spread = _spread(self._session, self._partitions)
            work = frame.selectExpr(*WORK_COLUMNS, f"{spread} as place").repartition(self._partitions, "place")
            work = work.sortWithinPartitions("slice").select(*WORK_COLUMNS)
            done = work.mapInArrow(staging(self._orders), SCHEMA, **self._profile()).collect()
        finally:
            self._session.removeTag(self._tag)
        return [tuple(row) for row in done]

    def _end(self) -> None:
        self._session.interruptTag(self._tag)

    def _profile(self) -> dict[str, Any]:
        if self._gpus_per_task is None:
            return {}
        from pyspark.resource import (  # type: ignore[import-not-found, unused-ignore]
            ResourceProfileBuilder,
            TaskResourceRequests,
        )

        asked = TaskResourceRequests().cpus(1).resource("gpu", self._gpus_per_task)
        return {"profile": ResourceProfileBuilder().require(asked).build}


def _spread(session: Any, partitions: int) -> str:
    """SQL of a number by whose hash a row's slice comes into a partition: each gets as many slices, one after the other."""
    # Enough for one that falls into each; where none does, or another hash is used, two share a partition.
    most = 32 * partitions
    [(hashed,)] = session.sql(f"select transform(sequence(0, {most}), n -> pmod(hash(n), {partitions}))").collect()
    first = {place: n for n, place in reversed(list(enumerate(hashed)))}
    numbers = ", ".join(str(first.get(place, place)) for place in range(partitions))
    return f"element_at(array({numbers}), cast(pmod(slice, {partitions}) as int) + 1)"


_lock = threading.Lock()
_in_use: dict[int, tuple[str | None, list[int]]] = {}
"""By session: its own setting, and what the jobs that use it now want."""


@contextmanager
def _rows_of_a_batch(session: Any, rows: int) -> Iterator[None]:
    """Hand rows to Python in small batches: ten thousand prompts, which is Spark's own size, would all be held at once.

    The setting is put back after the last of the jobs that run side by side in the session.
    """
    with _lock:
        _, wanted = _in_use.setdefault(id(session), (session.conf.get(_ROWS_OF_A_BATCH, None), []))
        wanted.append(rows)
        session.conf.set(_ROWS_OF_A_BATCH, str(min(wanted)))
    try:
        yield
    finally:
        with _lock:
            before, wanted = _in_use[id(session)]
            wanted.remove(rows)
            if not wanted:
                del _in_use[id(session)]
                if before is None:
                    session.conf.unset(_ROWS_OF_A_BATCH)
                else:
                    session.conf.set(_ROWS_OF_A_BATCH, before)


def _words(error: BaseException) -> str:
    # Its text quotes the worker's, which may quote a prompt; the condition is a word of Spark's own.
    condition = getattr(error, "getCondition", lambda: None)()
    return f"{error_words(error)}: {condition}" if condition else error_words(error)
