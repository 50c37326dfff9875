"""A fresh process for each measurement, so that none finds the imports, caches or memory of another."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass
class Cost:
    """What a piece of work took of this process. Peaks are of the whole process, in MB."""

    seconds: float = 0.0
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    grown_mb: float = 0.0
    """What the peak grew by in the work."""


def in_a_process(work: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T:
    """What a function of a module returns, or raises."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments, **named).result()


@contextmanager
def measured() -> Iterator[Cost]:
    """Yield a cost that is filled in when the block ends."""
    cost = Cost()
    peak_mb, began_at, cpu_at = _peak_mb(), time.perf_counter(), time.process_time()
    yield cost
    cost.seconds, cost.cpu_s = time.perf_counter() - began_at, time.process_time() - cpu_at
    cost.peak_mb = _peak_mb()
    cost.grown_mb = cost.peak_mb - peak_mb


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
