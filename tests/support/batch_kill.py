"""A run of a batch task in a process of its own, which is killed at a step of its own choice."""

from __future__ import annotations

import os
import signal
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.support import dbt_process

NOW = 1.7e9
BODIES = [f"message {number}" for number in range(5)]


def start(folder: Path, kill_at: int) -> BaseProcess:
    """Start a run that kills itself (SIGKILL) at its step of that number, from 1."""
    return dbt_process.fork(_run, str(folder), kill_at)


def _run(folder: str, kill_at: int) -> None:
    import duckdb

    from dbt_llm.engines.batch import results
    from dbt_llm.engines.batch.provider import BatchLimits
    from tests.support.batch_provider import FakeProvider
    from tests.support.batch_task import BatchTaskRun

    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    results.COMMIT_ROWS = 2
    provider = FakeProvider(Path(folder) / "provider", BatchLimits(requests=3, bytes_=1 << 20), lambda: NOW, step)
    with duckdb.connect(str(Path(folder) / "warehouse.duckdb")) as connection:
        BatchTaskRun(connection, provider, step).run()
