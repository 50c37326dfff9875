"""What a Spark task runs: Arrow batches of the work come in, what was done goes out; the answers are in the stage."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]

from ..client import Request
from ..workers.work import WORK_SCHEMA, Orders, Row, work

__all__ = ["SCHEMA", "WORK_COLUMNS", "staging"]

WORK_COLUMNS = tuple(WORK_SCHEMA.names)
SCHEMA = "sent long, calls long, throttled long"

_Batches = Iterator[Any]


def staging(orders: Orders) -> Callable[[_Batches], _Batches]:
    """The function for `mapInArrow` over a frame with `WORK_COLUMNS`, whose rows stand slice by slice in each partition."""
    # By its name, not by its value: so a worker's process has one module, and in it the model that is loaded.
    return partial(_stage_answers, orders)


def _stage_answers(orders: Orders, batches: _Batches) -> _Batches:
    _see_own_gpus()
    counts = work(orders, _rows(batches))
    row = {"sent": [counts.sent], "calls": [counts.calls], "throttled": [counts.throttled]}
    yield pa.RecordBatch.from_pydict(row)


def _rows(batches: Iterable[Any]) -> Iterator[Row]:
    for batch in batches:
        columns = [batch.column(name).to_pylist() for name in WORK_COLUMNS]
        for number, *request in zip(*columns, strict=True):
            yield number, Request(*request)


def _see_own_gpus() -> None:
    """Show the model those GPUs only that Spark gave to this task; another task has the others."""
    from pyspark import TaskContext  # type: ignore[import-not-found, unused-ignore]

    context = TaskContext.get()
    given = {} if context is None else context.resources()
    if "gpu" in given:
        os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(given["gpu"].addresses)
