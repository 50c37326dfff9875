"""The engine `spark`: the models are in the workers of a Spark cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..client import Counts
from ..warehouses import Warehouse
from ..warehouses.databricks import DatabricksWarehouse
from ..workers.options import SparkOptions
from ..workers.work import Orders
from .workers import WorkersEngine

__all__ = ["SparkEngine"]

_SLICES_PER_TASK = 8
_MOST_SLICE_ROWS = 10_000


class SparkEngine(WorkersEngine):
    """An `Engine` on Spark's workers: of the platform's session, or of one that the entry names."""

    name = "spark"
    options_type = SparkOptions
    options: SparkOptions

    @contextmanager
    def cluster(self, work: str) -> Iterator[_SparkWorkers]:
        from ..spark.session import session_of, tasks_at_once

        own = self._warehouse.session if isinstance(self._warehouse, DatabricksWarehouse) else None
        session = session_of(self.options, self._endpoint_name) if own is None else own
        yield _SparkWorkers(session, self.options, self._warehouse, work, tasks_at_once(self.options, session, self.endpoint))


class _SparkWorkers:
    """A `Cluster`: its session, and the work table, of which each job gets a frame."""

    def __init__(self, session: Any, options: SparkOptions, warehouse: Warehouse, work: str, tasks_at_once: int) -> None:
        self._session = session
        self._options = options
        self._warehouse = warehouse
        self._work = work
        self.tasks_at_once = tasks_at_once

    def ask(self, orders: Orders, after: int, until: int, tick: Callable[[], None], every_s: float, counts: Counts) -> None:
        from ..spark.frames import CopiedWork, SparkTable, WorkFrames
        from ..spark.job import Job

        options = self._options
        partitions = self.tasks_at_once if options.kind == "api" else self.tasks_at_once * 2
        # A batch is of one slice, so no slice may be smaller; an API has no batches.
        least = 1 if options.is_over_http else int(options.batch_rows)
        slice_rows = max(least, min(_MOST_SLICE_ROWS, (until - after) // (partitions * _SLICES_PER_TASK)))
        frames: WorkFrames
        if isinstance(self._warehouse, DatabricksWarehouse):
            frames = SparkTable(self._session, self._work)
        else:
            frames = CopiedWork(self._session, orders.stage, self._warehouse, self._work)
        frame = frames.frame(after, until, slice_rows)
        Job(self._session, orders, partitions, options.gpus_per_task).run(frame, tick, every_s, counts)
