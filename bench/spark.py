"""The engine `spark` against a bare `mapInArrow` with the same model, and what its driver takes in a second; Markdown tables.

    python -m bench spark [--rows 40000] [--ms-per-row 1] [--memory-rows 1000000]

The model waits, as for a GPU: 1 ms a row is a fast one (250 rows a second of 50 tokens each take 12,500 tokens a second). CPU
time is that of this process, Java's and the workers'. All of it on `local[2]`.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]

from bench.processes import in_a_process
from bench.workers import BATCH_ROWS, COMPLETION, WORK, Bench, Waiting, compare, peak_mb, processes
from dbt_llm.client import Counts, Request, Response
from dbt_llm.responses import Labels
from dbt_llm.workers.intake import Intake
from dbt_llm.workers.models import Settings
from dbt_llm.workers.stage import Stage
from tests.support.package_tables import create_tables

FILE_ROWS = 64
"""A batch of the smallest size that is usual: the worst for who takes it in."""


def bare(ms_per_row: float, batches: Iterator[Any]) -> Iterator[Any]:
    """What a notebook would have."""
    model = Waiting()
    model.load(Settings("callable", "m", arguments={"ms_per_row": ms_per_row}))
    for batch in batches:
        texts = model.answer(batch.column("prompt").to_pylist())
        yield pa.RecordBatch.from_arrays([batch.column("request_key"), pa.array(texts)], ["request_key", "completion"])


class SparkBench(Bench):
    """On a Spark of this process."""

    engine = "spark"

    def entry(self, ms_per_row: float) -> dict[str, Any]:
        return {**super().entry(ms_per_row), "master": "local[2]"}

    def ask_barely(self, rows: int, ms_per_row: float) -> None:  # noqa: ARG002
        """In as many tasks and batches as the engine's."""
        from pyspark.sql import SparkSession  # type: ignore[import-not-found, unused-ignore]

        # Not of the program that was started, which workers do not know.
        from bench.spark import bare

        session = SparkSession.builder.getOrCreate()
        session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(BATCH_ROWS))
        frame = session.read.parquet(f"file://{self._work_file}").select("request_key", "prompt").repartition(4)
        done = frame.mapInArrow(partial(bare, ms_per_row), "request_key string, completion string")
        done.write.format("noop").mode("overwrite").save()


def peaks(rows: int, is_bare: bool) -> tuple[float, float]:
    """The peak memory of a worker, and of the driver's Python, in MB, by one road."""
    with tempfile.TemporaryDirectory() as folder:
        bench = SparkBench(Path(folder))
        bench.fill(1)
        bench.ask(1, 0)
        bench.fill(rows)
        (bench.ask_barely if is_bare else bench.ask)(rows, 0)
        return peak_mb(processes(), "pyspark.daemon"), peak_mb([Path("/proc/self")])


def taken_in(rows: int) -> tuple[float, float]:
    """Rows per second that a driver takes from files of one batch each into a DuckDB file, and its CPU-ms per row."""
    from dbt_llm.duckdb_tables import insert_staged

    with tempfile.TemporaryDirectory() as folder, duckdb.connect(f"{folder}/bench.duckdb") as connection:
        create_tables(connection)
        connection.execute(WORK, {"rows": rows, "first": ""})
        stage = Stage(f"{folder}/stage")
        labels = Labels("bench", "m", None, "run", "spark")
        response = Response(COMPLETION, None, None, "stop", 30, 20, None, 64, "m", 1.7e9, 1.7e9 + 1)
        keys = [key for (key,) in connection.execute("select request_key from work order by n").fetchall()]

        def open_sink(of: Labels) -> Any:
            raise AssertionError(of)

        def insert(of: Labels, staged: Any) -> None:
            insert_staged(connection.cursor(), "dbt_llm__responses", of, staged, store_prompts=False)

        intake = Intake(stage, open_sink, Counts(), lambda *_: (), insert=insert, is_own=True)
        for start in range(0, rows, FILE_ROWS):
            answers = [(Request(key, ""), response) for key in keys[start : start + FILE_ROWS]]
            stage.write(start // 10_000, answers, labels)
            if start == 0:
                # What is imported for the first.
                intake.take()
        began_at, cpu_at = time.perf_counter(), time.process_time()
        intake.take()
        took, cpu = time.perf_counter() - began_at, time.process_time() - cpu_at
        assert connection.execute("select count(distinct request_key) from dbt_llm__responses").fetchall() == [(rows,)]
        return rows / took, cpu / rows * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench spark")
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--ms-per-row", type=float, default=1.0)
    parser.add_argument("--memory-rows", type=int, default=1_000_000)
    parser.add_argument("--intake-rows", type=int, default=200_000)
    options = parser.parse_args()
    if shutil.which("java") is None:
        sys.exit("bench spark needs Java 17. Run: make system, as root, on Debian or Ubuntu")
    print(f"\n## Taking staged answers in, {options.intake_rows:,} of them in files of {FILE_ROWS}\n")
    rate, cpu = max(in_a_process(taken_in, options.intake_rows) for _ in range(3))
    met = "yes" if rate >= 50_000 else "**no**"
    print(f"{rate:,.0f} rows/s, {cpu:.4f} CPU-ms per row. Target of 50,000 rows/s: {met}.", flush=True)
    compare(SparkBench, "bare mapInArrow", options.rows, options.ms_per_row)
    print(f"\n## Peaks with {options.memory_rows:,} rows and a model that takes no time\n")
    print("| road | a worker, MB | the driver, MB |\n|---|--:|--:|")
    for name, is_bare in (("bare mapInArrow", True), ("the engine, all of it", False)):
        worker, driver = in_a_process(peaks, options.memory_rows, is_bare)
        print(f"| {name} | {worker:,.0f} | {driver:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
