"""Python's collector of garbage, which goes through all that dbt has loaded again and again while a run makes objects."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["few_collections"]

_THRESHOLD = 50_000
"""Objects made since the last collection, in place of 700 (or 2,000): a run's own die by themselves."""

_lock = threading.Lock()
_running = 0
_before = (0, 0, 0)


@contextmanager
def few_collections() -> Iterator[None]:
    """While any run executes, what was there before it is not looked through, and new objects seldom."""
    global _running, _before
    with _lock:
        _running += 1
        if _running == 1:
            _before = gc.get_threshold()
            gc.freeze()
            # 0 is off, which is another's wish.
            if 0 < _before[0] < _THRESHOLD:
                gc.set_threshold(_THRESHOLD, *_before[1:])
    try:
        yield
    finally:
        with _lock:
            _running -= 1
            if _running == 0:
                gc.set_threshold(*_before)
                gc.unfreeze()
