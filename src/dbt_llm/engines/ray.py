"""The engine `ray`: the models are in the actors of a Ray cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..client import Counts
from ..warehouses import Warehouse
from ..warehouses.databricks import DatabricksWarehouse
from ..workers.options import RayOptions
from ..workers.work import Orders
from .workers import WorkersEngine

__all__ = ["RayEngine"]

_PARTS_OF_A_SLICE = 8
"""Few folders in the stage, and few files to look into for what is staged."""


class RayEngine(WorkersEngine):
    """An `Engine` on Ray's actors, in a cluster that the entry names or that this run starts."""

    name = "ray"
    options_type = RayOptions
    options: RayOptions

    @contextmanager
    def cluster(self, work: str) -> Iterator[_RayActors]:
        from ..ray.clusters import connected
        from ..ray.job import actors

        on_spark = isinstance(self._warehouse, DatabricksWarehouse)
        with connected(self.options, self._endpoint_name, on_spark=on_spark):
            yield _RayActors(self.options, actors(self.options, self.endpoint), self._warehouse, work)


class _RayActors:
    """A `Cluster`: the actors, and the work table that they are given in parts."""

    def __init__(self, options: RayOptions, tasks_at_once: int, warehouse: Warehouse, work: str) -> None:
        self._options = options
        self._warehouse = warehouse
        self._work = work
        self.tasks_at_once = tasks_at_once

    def ask(self, orders: Orders, after: int, until: int, tick: Callable[[], None], every_s: float, counts: Counts) -> None:
        from ..ray.job import Job, rows_of_a_part
        from ..ray.parts import work_rows

        part_rows = rows_of_a_part(self._options, until - after)
        rows = work_rows(self._warehouse, self._work, after, until, part_rows * _PARTS_OF_A_SLICE)
        Job(orders, self._options).run(f"work/{after:012d}", rows, part_rows, tick, every_s, counts)
