"""An engine whose workers stage their answers, against a bare job of the same platform over the same model."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from bench.processes import in_a_process
from dbt_llm.engines import choose
from dbt_llm.macros import Relation
from dbt_llm.order import Order
from dbt_llm.warehouses.duckdb import DuckDbWarehouse
from dbt_llm.workers.models import Settings
from tests.support.package_tables import create_tables

__all__ = ["BATCH_ROWS", "COMPLETION", "WORK", "Bench", "Waiting", "both_roads", "compare", "peak_mb", "processes"]

ROOT = Path(__file__).parents[1]
BATCH_ROWS = 256
"""As docs/spark.md advises for a GPU."""
COMPLETION = '{"has_pii": true, "pii_types": ["email"], "confidence": 0.5}'
WORK = """
    create or replace table work as
    select i as n, sha256($first || i::varchar) as request_key, 'Personal data? message number ' || i as prompt,
        0 as attempt, 0 as superseded
    from range(1, $rows + 1) as t(i)
"""
_TASK = {
    "name": "bench", "prompt": "{body}", "store_prompts": False, "limits": {}, "response_schema": None, "retries": 5,
}  # fmt: skip
_RUN: dict[str, Any] = {"limits": {}, "prompt_version": None}


class Waiting:
    """A model that takes its time. `arguments`: `ms_per_row`."""

    def load(self, settings: Settings) -> None:
        self._s_per_row = settings.arguments["ms_per_row"] / 1000

    def answer(self, prompts: Sequence[str]) -> Sequence[str]:
        time.sleep(len(prompts) * self._s_per_row)
        return [COMPLETION] * len(prompts)


class Bench:
    """A DuckDB file, the platform of this process, and both roads over the same work."""

    engine: str
    """Its name; the road is all that it does: the work copied, asked in the workers, staged, taken into the file."""
    model_parameters: Mapping[str, Any] = {}
    kept: Sequence[str] = ("succeeded",)
    """What may become of its rows."""

    def __init__(self, folder: Path) -> None:
        # The workers import this folder's files by name.
        os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "src")])
        self._folder = folder
        self._connection = duckdb.connect(str(folder / "bench.duckdb"))
        self._warehouse = DuckDbWarehouse(self._connection)
        self._tables = create_tables(self._connection)
        self._runs = 0

    def fill(self, rows: int) -> None:
        """Make the work: requests that nobody has asked."""
        self._connection.execute(WORK, {"rows": rows, "first": f"{self._runs} "})
        self._connection.execute(f"copy (from work) to '{self._work_file}'")

    def ask(self, rows: int, ms_per_row: float) -> None:
        """Have the work answered by the engine."""
        self._runs += 1
        engine = choose({"engine": self.engine, "endpoint": "bench"}, self._order(ms_per_row), self._warehouse)
        task = {**_TASK, "model_parameters": dict(self.model_parameters)}
        outcome = engine.complete("work", "dbt_llm__responses", task, _RUN)  # type: ignore[attr-defined]
        assert sum(outcome[name] for name in self.kept) == rows and outcome["stopped"] is None, outcome

    def ask_barely(self, rows: int, ms_per_row: float) -> None:
        """Have the work answered by what a notebook would have, which throws the completions away."""
        raise NotImplementedError

    def entry(self, ms_per_row: float) -> dict[str, Any]:
        """The endpoint's entry for the engine."""
        return {
            "kind": "callable", "callable": "bench.workers:Waiting", "model_name": "m", "stage": str(self._folder / "stage"),
            "batch_rows": BATCH_ROWS, "arguments": {"ms_per_row": ms_per_row},
        }  # fmt: skip

    @property
    def _work_file(self) -> Path:
        return self._folder / "work.parquet"

    def _order(self, ms_per_row: float) -> Order:
        relations = {name: Relation(name, "bench", "main", name) for name in self._tables}
        return Order(
            task="bench", llm={"endpoint": "bench", "engine": self.engine}, entries={self.engine: self.entry(ms_per_row)},
            invocation_id=f"run-{self._runs}", mode="full", is_empty=False, is_sample=False, is_incremental=True,
            is_full_refresh=False, config={}, this=Relation("bench", "bench", "main", "bench"), relations=relations,
            timestamp_type="timestamp", variables={},
        )  # fmt: skip


def both_roads(make: Callable[[Path], Bench], rows: int, ms_per_row: float, rounds: int = 3) -> list[tuple[float, float]]:
    """For the bare job and the engine: rows per second and CPU-ms per row, the best of the rounds."""
    best = [(0.0, float("inf"))] * 2
    with tempfile.TemporaryDirectory() as folder:
        bench = make(Path(folder))
        bench.fill(BATCH_ROWS)
        bench.ask(BATCH_ROWS, 0)
        for _ in range(rounds):
            bench.fill(rows)
            for number, ask in enumerate((bench.ask_barely, bench.ask)):
                began_at = time.perf_counter()
                with _Cpu() as spent:
                    ask(rows, ms_per_row)
                rate, cpu = rows / (time.perf_counter() - began_at), spent.seconds / rows * 1e3
                known_rate, known_cpu = best[number]
                best[number] = max(rate, known_rate), min(cpu, known_cpu)
    return best


def compare(make: Callable[[Path], Bench], bare_name: str, rows: int, ms_per_row: float | None, rounds: int = 3) -> None:
    """Print both roads as a table: with a model of so many ms a row, and with one that takes no time.

    None: with a model that takes the time that it takes.
    """
    for ms in (None,) if ms_per_row is None else (ms_per_row, 0.0):
        found = in_a_process(both_roads, make, rows, ms or 0.0, rounds)
        [(bare_rate, bare_cpu), (rate, cpu)] = found
        print(f"\n## A model of {'its own time' if ms is None else f'{ms:g} ms a row'}, {rows:,} rows\n")
        print("| road | rows/s | of the bare job | CPU-ms per row |\n|---|--:|--:|--:|")
        for name, (of_rate, of_cpu) in zip((bare_name, "the engine, all of it"), found, strict=True):
            print(f"| {name} | {of_rate:,.0f} | {of_rate / bare_rate:.2f} | {of_cpu:.3f} |")
        if ms != 0:
            met = "yes" if rate >= 0.9 * bare_rate else "**no**"
            print(f"\nTarget of 0.9 of the bare job's rows/s: {met}. Beside it: {cpu - bare_cpu:.3f} CPU-ms per row.", flush=True)


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


def peak_mb(places: Iterable[Path], command: str = "") -> float:
    """The largest peak among processes whose command has this in it."""
    found = [0]
    for place in places:
        if command in (place / "cmdline").read_text():
            [line] = [line for line in (place / "status").read_text().splitlines() if line.startswith("VmHWM")]
            found.append(int(line.split()[1]))
    return max(found) / 1024


class _Cpu:
    """CPU time of this process and of all below it while the block lasts; looked at often, as not all that end are waited for."""

    _EVERY_S = 0.1

    def __enter__(self) -> _Cpu:
        self._began = _ticks()
        self._seen = dict(self._began)
        self._is_over = threading.Event()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._watcher.join()

    @property
    def seconds(self) -> float:
        """Once the block is left."""
        return (sum(self._seen.values()) - sum(self._began.values())) / os.sysconf("SC_CLK_TCK")

    def _watch(self) -> None:
        while not self._is_over.wait(self._EVERY_S):
            self._seen |= _ticks()
        self._seen |= _ticks()


def _ticks() -> dict[str, int]:
    found = {}
    for place in processes():
        try:
            found[place.name] = sum(map(int, (place / "stat").read_text().rpartition(")")[2].split()[11:13]))
        except OSError:
            continue
    return found
