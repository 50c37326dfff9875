"""200,000 requests are prepared, submitted and collected in memory that does not grow with what they hold."""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
from collections.abc import Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbt_llm.engines.batch.provider import BatchIntent, BatchLimits, BatchResult, BatchState, BatchStatus
from tests.support import dbt_process
from tests.support.batch_provider import FakeProvider, completion
from tests.support.batch_task import BatchTaskRun
from tests.support.package_tables import create_tables

REQUESTS = 200_000
PROMPT_BYTES = 1_200
MIB = 1 << 20
MOST = 224 * MIB
"""What the process may grow by; the prompts alone are as much."""


class StreamingProvider(FakeProvider):
    """Answers from the file of its only job, a line at a time."""

    def upload(self, intent: BatchIntent, file: Path) -> str | None:
        return f"file-{intent.batch_key}"

    def create(self, intent: BatchIntent, file: Path) -> str:
        shutil.copy(file, self.folder / "requests")
        return "job"

    def status(self, batch_id: str) -> BatchStatus:
        return BatchStatus(BatchState.COMPLETED, succeeded=REQUESTS)

    def results(self, batch_id: str, status: BatchStatus) -> Iterator[BatchResult]:
        with (self.folder / "requests").open("rb") as lines:
            for line in lines:
                yield BatchResult(json.loads(line)["custom_id"], 200, completion())


def memory(name: str) -> int:
    """`VmRSS` (now) or `VmHWM` (the peak) of this process, in bytes."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) << 10


def work(folder: str, step: str, told: Connection) -> None:
    """One step in a process of its own, which tells what it did and how much memory it took beyond what it began with."""
    with duckdb.connect(str(Path(folder) / "warehouse.duckdb"), config={"memory_limit": "128MB", "threads": 1}) as connection:
        connection.execute("set enable_progress_bar = false")
        if step == "write":
            create_tables(connection)
            connection.execute(
                "create table work as select range + 1 as n, sha256(range::varchar) as request_key, 0 as attempt,"
                f" range || repeat(' and so on', {PROMPT_BYTES // 10}) as prompt from range({REQUESTS})"
            )
            told.send({})
            return
        provider = StreamingProvider(Path(folder), BatchLimits(requests=REQUESTS, bytes_=1 << 30))
        batches = BatchTaskRun(connection, provider).batches()
        before, began_at = memory("VmRSS"), time.process_time()
        if step == "submit":
            batches.submit("work")
        else:
            batches.collect()
        told.send({"took": memory("VmHWM") - before, "cpu_s": time.process_time() - began_at, **batches.outcome().to_dict()})


def in_a_process(folder: Path, step: str) -> dict[str, Any]:
    heard, told = Pipe(duplex=False)
    process = dbt_process.fork(work, str(folder), step, told)
    told.close()
    assert heard.poll(240), f"{step} came to nothing"
    found: dict[str, Any] = heard.recv()
    process.join(30)
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.long
def test_memory_is_bounded(tmp_path: Path) -> None:
    in_a_process(tmp_path, "write")
    submitted = in_a_process(tmp_path, "submit")
    assert submitted["sent"] == REQUESTS
    assert (tmp_path / "requests").stat().st_size > MOST
    assert submitted["took"] < MOST
    collected = in_a_process(tmp_path, "collect")
    assert collected["succeeded"] == REQUESTS
    assert collected["took"] < MOST
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        [counts] = connection.execute("select count(*), count(distinct request_key) from dbt_llm__responses").fetchall()
    assert counts == (REQUESTS, REQUESTS)
