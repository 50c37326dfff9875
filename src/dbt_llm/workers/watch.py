"""What a driver does while its job runs in a cluster: it ticks, and ends the job where the run is interrupted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from .stage import Note, Stage

__all__ = ["Watched"]

_POLL_S = 0.2
_GRACE_S = 5.0
"""How long workers have to see that the run ends, before the cluster is told."""


class Watched:
    """A job in a cluster. Watched from one thread; `interrupt` from anywhere."""

    def __init__(self, stage: Stage) -> None:
        """`stage`: in which its workers look for a note."""
        self._stage = stage
        self._interrupted_at: float | None = None

    def interrupt(self) -> None:
        """Have the workers begin no further batch, and wait for those that are under way."""
        if self._interrupted_at is None:
            self._interrupted_at = time.monotonic()

    def watch(self, is_done: Callable[[float], bool], end: Callable[[], None], tick: Callable[[], None], every_s: float) -> None:
        """Wait until it is done. `is_done`: waits for so many seconds at most. `end`: has the cluster end it; may come again.

        `tick`: called every `every_s` seconds, and never at once. Raises what `tick` raises.
        """
        next_at = time.monotonic() + every_s
        while not is_done(_POLL_S):
            if not threading.main_thread().is_alive():
                self.interrupt()
            if self._interrupted_at is not None:
                self._stage.end(Note("interrupted", "dbt_llm.enrich: interrupted."))
                if time.monotonic() > self._interrupted_at + _GRACE_S:
                    end()
            if time.monotonic() >= next_at:
                tick()
                next_at = time.monotonic() + every_s
