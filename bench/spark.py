"""The engine `spark` against a bare `mapInArrow` with the same model, and what its driver takes in a second; Markdown tables.

    python -m bench spark [--rows 20000] [--ms-per-row 1] [--memory-rows 1000000]

The model waits, as for a GPU: 1 ms a row is a fast one (250 rows a second of 50 tokens each take 12,500 tokens a second). The
road is all that the engine does of it: the work copied, asked in the workers, staged, taken into a DuckDB file. The bare job
throws its completions away. CPU time is that of this process, Java's and the workers'. All of it on `local[2]`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]

from bench.processes import in_a_process
from dbt_llm.client import Counts, Request, Response
from dbt_llm.engines import choose
from dbt_llm.macros import Relation
from dbt_llm.order import Order
from dbt_llm.responses import Labels
from dbt_llm.warehouses.duckdb import DuckDbWarehouse
from dbt_llm.workers.intake import Intake
from dbt_llm.workers.models import Settings
from dbt_llm.workers.stage import Stage
from tests.support.package_tables import create_tables

ROOT = Path(__file__).parents[1]
MASTER = "local[2]"
BATCH_ROWS = 64
COMPLETION = '{"has_pii": true, "pii_types": ["email"], "confidence": 0.5}'
WORK = """
    create or replace table work as
    select i as n, sha256($first || i::varchar) as request_key, 'Personal data? message number ' || i as prompt,
        0 as attempt, 0 as superseded
    from range(1, $rows + 1) as t(i)
"""
TASK = {
    "name": "bench", "prompt": "{body}", "store_prompts": False, "limits": {}, "model_parameters": {}, "response_schema": None,
    "retries": 5,
}  # fmt: skip
RUN: dict[str, Any] = {"limits": {}, "prompt_version": None}
BARE, ENGINE = ROADS = ("bare mapInArrow", "engine spark, all of it")


class Waiting:
    """A model that takes its time. `arguments`: `ms_per_row`."""

    def load(self, settings: Settings) -> None:
        self._s_per_row = settings.arguments["ms_per_row"] / 1000

    def answer(self, prompts: Sequence[str]) -> Sequence[str]:
        time.sleep(len(prompts) * self._s_per_row)
        return [COMPLETION] * len(prompts)


def bare(ms_per_row: float, batches: Iterator[Any]) -> Iterator[Any]:
    """What a notebook would have."""
    model = Waiting()
    model.load(Settings("callable", "m", arguments={"ms_per_row": ms_per_row}))
    for batch in batches:
        texts = model.answer(batch.column("prompt").to_pylist())
        yield pa.RecordBatch.from_arrays([batch.column("request_key"), pa.array(texts)], ["request_key", "completion"])


class Bench:
    """A DuckDB file, a Spark of this process, and both roads over the same work."""

    def __init__(self, folder: Path) -> None:
        # The workers import this file by its name.
        os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "src")])
        self._folder = folder
        self._connection = duckdb.connect(str(folder / "bench.duckdb"))
        self._warehouse = DuckDbWarehouse(self._connection)
        self._tables = create_tables(self._connection)
        self._runs = 0

    def fill(self, rows: int) -> None:
        """Make the work: requests that nobody has asked."""
        self._connection.execute(WORK, {"rows": rows, "first": f"{self._runs} "})

    def ask(self, road: str, rows: int, ms_per_row: float) -> None:
        """Have the work answered."""
        if road == BARE:
            self._bare(ms_per_row)
        else:
            self._engine(rows, ms_per_row)

    def _engine(self, rows: int, ms_per_row: float) -> None:
        self._runs += 1
        engine = choose({"engine": "spark", "endpoint": "bench"}, self._order(ms_per_row), self._warehouse)
        outcome = engine.complete("work", "dbt_llm__responses", TASK, RUN)  # type: ignore[attr-defined]
        assert outcome["succeeded"] == rows and outcome["stopped"] is None, outcome

    def _bare(self, ms_per_row: float) -> None:
        """In as many tasks and batches as the engine's."""
        from pyspark.sql import SparkSession  # type: ignore[import-not-found, unused-ignore]

        # Not of the program that was started, which workers do not know.
        from bench.spark import bare

        self._connection.execute(f"copy (from work) to '{self._folder}/work.parquet'")
        session = SparkSession.builder.getOrCreate()
        session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(BATCH_ROWS))
        frame = session.read.parquet(f"file://{self._folder}/work.parquet").select("request_key", "prompt").repartition(4)
        done = frame.mapInArrow(partial(bare, ms_per_row), "request_key string, completion string")
        done.write.format("noop").mode("overwrite").save()

    def _order(self, ms_per_row: float) -> Order:
        entry = {
            "kind": "callable", "callable": "bench.spark:Waiting", "model_name": "m", "stage": str(self._folder / "stage"),
            "master": MASTER, "batch_rows": BATCH_ROWS, "arguments": {"ms_per_row": ms_per_row},
        }  # fmt: skip
        relations = {name: Relation(name, "bench", "main", name) for name in self._tables}
        return Order(
            task="bench", llm={"endpoint": "bench", "engine": "spark"}, entries={"spark": entry},
            invocation_id=f"run-{self._runs}", mode="full", is_empty=False, is_sample=False, is_incremental=True,
            is_full_refresh=False, config={}, this=Relation("bench", "bench", "main", "bench"), relations=relations,
            timestamp_type="timestamp", variables={},
        )  # fmt: skip


def processes() -> Iterator[Path]:
    """The folders in /proc of this process and of all below it."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(place.name)] = int((place / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    below = {os.getpid()}
    while found := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= found
    return (Path("/proc") / str(pid) for pid in below)


def cpu_s() -> float:
    """CPU time of all of them, and of those that have ended and were waited for."""
    ticks = 0
    for place in processes():
        ticks += sum(map(int, (place / "stat").read_text().rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_mb(places: Iterable[Path], command: str = "") -> float:
    """The largest peak among processes whose command has this in it."""
    found = [0]
    for place in places:
        if command in (place / "cmdline").read_text():
            [line] = [line for line in (place / "status").read_text().splitlines() if line.startswith("VmHWM")]
            found.append(int(line.split()[1]))
    return max(found) / 1024


def both_roads(rows: int, ms_per_row: float, rounds: int = 3) -> dict[str, tuple[float, float]]:
    """For the bare job and the road: rows per second and CPU-ms per row, the best of the rounds."""
    best: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        bench.fill(BATCH_ROWS)
        bench.ask(ENGINE, BATCH_ROWS, 0)
        for _ in range(rounds):
            bench.fill(rows)
            for name in ROADS:
                began_at, cpu_at = time.perf_counter(), cpu_s()
                bench.ask(name, rows, ms_per_row)
                rate, cpu = rows / (time.perf_counter() - began_at), (cpu_s() - cpu_at) / rows * 1e3
                known_rate, known_cpu = best.get(name, (0.0, float("inf")))
                best[name] = max(rate, known_rate), min(cpu, known_cpu)
    return best


def peaks(rows: int, road: str) -> tuple[float, float]:
    """The peak memory of a worker, and of the driver's Python, in MB, by one road."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        bench.fill(1)
        bench.ask(ENGINE, 1, 0)
        bench.fill(rows)
        bench.ask(road, rows, 0)
        return peak_mb(processes(), "pyspark.daemon"), peak_mb([Path("/proc/self")])


def taken_in(rows: int) -> tuple[float, float]:
    """Rows per second that a driver takes from files of one batch each into a DuckDB file, and its CPU-ms per row."""
    from dbt_llm.duckdb_tables import open_responses

    with tempfile.TemporaryDirectory() as folder, duckdb.connect(f"{folder}/bench.duckdb") as connection:
        create_tables(connection)
        connection.execute(WORK, {"rows": rows, "first": ""})
        stage = Stage(f"{folder}/stage")
        labels = Labels("bench", "m", None, "run", "spark")
        response = Response(COMPLETION, None, None, "stop", 30, 20, None, 64, "m", 1.7e9, 1.7e9 + 1)
        keys = [key for (key,) in connection.execute("select request_key from work order by n").fetchall()]

        def open_sink(of: Labels) -> Any:
            return open_responses(connection.cursor(), "dbt_llm__responses", of, lambda _: None)

        intake = Intake(stage, open_sink, Counts(), lambda *_: (), is_own=True)
        for start in range(0, rows, BATCH_ROWS):
            answers = [(Request(key, ""), response) for key in keys[start : start + BATCH_ROWS]]
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
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--ms-per-row", type=float, default=1.0)
    parser.add_argument("--memory-rows", type=int, default=1_000_000)
    parser.add_argument("--intake-rows", type=int, default=200_000)
    options = parser.parse_args()
    if shutil.which("java") is None:
        sys.exit("bench spark needs Java 17. Run: make system, as root, on Debian or Ubuntu")
    print(f"\n## Taking staged answers in, {options.intake_rows:,} of them in files of {BATCH_ROWS}\n")
    rate, cpu = max(in_a_process(taken_in, options.intake_rows) for _ in range(3))
    met = "yes" if rate >= 50_000 else "**no**"
    print(f"{rate:,.0f} rows/s, {cpu:.4f} CPU-ms per row. Target of 50,000 rows/s: {met}.", flush=True)
    for ms_per_row in (options.ms_per_row, 0.0):
        found = in_a_process(both_roads, options.rows, ms_per_row)
        [(bare_rate, bare_cpu), (rate, cpu)] = found.values()
        print(f"\n## A model of {ms_per_row:g} ms a row, {options.rows:,} rows, {MASTER}\n")
        print("| road | rows/s | of the bare job | CPU-ms per row |\n|---|--:|--:|--:|")
        for name, (of_rate, of_cpu) in found.items():
            print(f"| {name} | {of_rate:,.0f} | {of_rate / bare_rate:.2f} | {of_cpu:.3f} |")
        if ms_per_row:
            met = "yes" if rate >= 0.9 * bare_rate else "**no**"
            print(f"\nTarget of 0.9 of the bare job's rows/s: {met}. Beside it: {cpu - bare_cpu:.3f} CPU-ms per row.", flush=True)
    print(f"\n## Peaks with {options.memory_rows:,} rows and a model that takes no time\n")
    print("| road | a worker, MB | the driver, MB |\n|---|--:|--:|")
    for name in ROADS:
        worker, driver = in_a_process(peaks, options.memory_rows, name)
        print(f"| {name} | {worker:,.0f} | {driver:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
