"""Requests prepared for a Batch API, and results collected from it, per second and in memory; two Markdown tables.

    python -m bench batch [--requests 1000000] [--results 200000] [--rounds 3]

Prepared: from the work table in DuckDB to the input files of OpenAI's limits, with the ledger's rows. The yardstick is a
plain loop that reads the same table and writes the same lines, a `json.dumps` each. Collected: from the lines of the
output files to committed responses. The yardstick is a plain loop of `json.loads` over the same files.

Both are OpenAI's, without the network. Each measurement has a process of its own, in which DuckDB gets 64 MB and one
thread, so that memory tells of what is beside DuckDB. CPU time is that process's, user and system, without its imports;
the best of the rounds counts, as other programs can only add to it. Memory is the process's peak, the worst of the
rounds, and is compared with that of one full job.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.processes import Cost, in_a_process, measured
from tests.support.package_tables import create_tables

if TYPE_CHECKING:
    from bench.batch_provider import Nowhere

SETTINGS: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "64MB", "threads": 1}
SCHEMA = {
    "type": "object",
    "properties": {
        "has_pii": {"type": "boolean"},
        "pii_types": {"type": "array", "items": {"enum": ["email", "phone", "ssn", "card", "address"]}},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    },
    "required": ["has_pii", "pii_types", "confidence"],
}
ENDPOINT = {
    "model_name": "m",
    "base_url": "http://127.0.0.1:9/v1",
    "input_usd_per_million_tokens": 1.0,
    "output_usd_per_million_tokens": 2.0,
}
WORK = """
    create table work as
    select
        range + 1 as n,
        sha256(range::varchar) as request_key,
        'Does this message contain personal data? <message>message ' || range || repeat(' with some words of text', 6)
            || '</message>' as prompt,
        0 as attempt
    from range($requests)
"""
JOB = 50_000
"""Requests of one job, at most: OpenAI's limit."""
LEAST_PREPARED, LEAST_COLLECTED = 0.5, 0.1
MOST_GROWTH = 1.5


def opened(file: Path) -> Any:
    """A connection to a database in this file."""
    import duckdb

    connection = duckdb.connect(str(file), config=SETTINGS)
    connection.execute("set enable_progress_bar = false")
    return connection


def fill(file: Path, requests: int) -> None:
    """Write the work table."""
    with opened(file) as connection:
        connection.execute(WORK, {"requests": requests})


def batches(connection: Any, provider: Nowhere, task: str = "bench") -> Any:
    """The batch engine in a run of a task."""
    from dbt_llm.client import Endpoint
    from dbt_llm.client.forms import form_of
    from dbt_llm.engines.batch.batch_run import BatchTask
    from dbt_llm.engines.batch.ledger import Relations
    from dbt_llm.engines.batched import Batches
    from dbt_llm.warehouses.duckdb import DuckDbWarehouse

    endpoint = Endpoint.from_options("bench", ENDPOINT)
    return Batches(
        BatchTask(task=task, endpoint=endpoint, invocation_id=task, allow_outside_dbt=True),
        DuckDbWarehouse(connection),
        Relations("dbt_llm__responses", "dbt_llm__batches", "dbt_llm__batch_requests"),
        provider,
        form_of(endpoint, {}, SCHEMA),
    )


def warm(connection: Any, provider: Nowhere) -> None:
    """Have the first run of a process behind us, with all that it imports."""
    import pyarrow as pa  # type: ignore[import-untyped]

    pa.array([""])
    batches(connection, provider, "another").collect()


def submit(connection: Any, work: str, provider: Nowhere, requests: int) -> Cost:
    """Submit a work table; return what it took."""
    assert provider.limits.requests == JOB
    create_tables(connection)
    warm(connection, provider)
    run = batches(connection, provider)
    with measured() as cost:
        result = run.submit(work)
    assert (result.sent, result.left, provider.requests) == (requests, 0, requests), result
    return cost


def prepare(work: Path, requests: int) -> tuple[Cost, int]:
    """What it takes to prepare all requests, and the bytes of the input files."""
    from bench.batch_provider import Nowhere

    provider = Nowhere()
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder) / "warehouse.duckdb") as connection:
        connection.execute(f"attach '{work}' as given (read_only)")
        return submit(connection, "given.work", provider, requests), provider.bytes_


def prepare_by_hand(work: Path, requests: int) -> tuple[Cost, int]:
    """The yardstick of the preparation, and the bytes of its files."""
    from dbt_llm.client import Endpoint
    from dbt_llm.client.forms import form_of

    body = json.loads(form_of(Endpoint.from_options("bench", ENDPOINT), {}, SCHEMA).encode(""))
    size = 0
    with tempfile.TemporaryDirectory() as folder, opened(work) as connection:
        file = Path(folder) / "requests.jsonl"
        with measured() as cost:
            cursor = connection.execute("select request_key, prompt from work order by n")
            rows = (row for rows in iter(lambda: cursor.fetchmany(10_000), []) for row in rows)
            for _ in range(0, requests, JOB):
                with file.open("w", encoding="utf-8") as lines:
                    for key, prompt in islice(rows, JOB):
                        line = {
                            "custom_id": key,
                            "method": "POST",
                            "url": "/v1/chat/completions",
                            "body": {**body, "messages": [{"role": "user", "content": prompt}]},
                        }
                        lines.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
                size += file.stat().st_size
    return cost, size


def write_results(folder: Path, requests: int) -> None:
    """Submit a work table, and answer its jobs into files."""
    from bench.batch_provider import Answering

    with opened(folder / "submitted.duckdb") as connection:
        connection.execute(WORK, {"requests": requests})
        submit(connection, "work", Answering(folder), requests)


def collect(folder: Path, requests: int) -> Cost:
    """What it takes to collect all results."""
    from bench.batch_provider import Answering

    provider = Answering(folder)
    file = folder / "warehouse.duckdb"
    shutil.copy(folder / "submitted.duckdb", file)
    with opened(file) as connection:
        warm(connection, provider)
        run = batches(connection, provider)
        with measured() as cost:
            run.collect()
        kept = "select count(*) filter (status = 'succeeded'), count(distinct request_key) from dbt_llm__responses"
        assert connection.execute(kept).fetchall() == [(requests, requests)]
    file.unlink()
    return cost


def collect_by_hand(folder: Path, requests: int) -> Cost:
    """The yardstick of the collection."""
    read = 0
    with measured() as cost:
        for file in sorted(folder.glob("*.jsonl")):
            with file.open("rb") as lines:
                for line in lines:
                    json.loads(line)
                    read += 1
    assert read == requests
    return cost


def best(costs: list[Cost]) -> Cost:
    """The least of the times, the most of the memory."""
    return Cost(
        min(cost.seconds for cost in costs),
        min(cost.cpu_s for cost in costs),
        max(cost.peak_mb for cost in costs),
        max(cost.grown_mb for cost in costs),
    )


def pairs(rounds: int, ours: Callable[[], Cost], by_hand: Callable[[], Cost]) -> tuple[Cost, Cost]:
    """The best of the rounds, in which both take turns."""
    found = [(ours(), by_hand()) for _ in range(rounds)]
    return best([pair[0] for pair in found]), best([pair[1] for pair in found])


def show(rows: list[tuple[str, int, Cost]]) -> None:
    """Print the table; the last row is the yardstick."""
    _, count, cost = rows[-1]
    base_rate, base_cpu = count / cost.seconds, cost.cpu_s / count
    print("| | requests | CPU-µs per request | of the plain loop | requests/s | of the plain loop | peak MB | in the work |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for name, count, cost in rows:
        rate, cpu = count / cost.seconds, cost.cpu_s / count
        shares = f"{cpu * 1e6:.1f} | {cpu / base_cpu:.2f} | {rate:,.0f} | {rate / base_rate:.2f}"
        print(f"| {name} | {count:,} | {shares} | {cost.peak_mb:,.0f} | {cost.grown_mb:,.0f} |")


def show_targets(what: str, least: float, ours: Cost, by_hand: Cost, of_one_job: Cost) -> None:
    """Print the targets, and whether they are met."""
    share, growth = by_hand.cpu_s / ours.cpu_s, ours.peak_mb / of_one_job.peak_mb
    met = ["yes" if fits else "**no**" for fits in (share >= least, growth <= MOST_GROWTH)]
    print(
        f"\nTargets: at least {least} of the plain loop's {what} per CPU second ({share:.2f}): {met[0]}."
        f" At most {MOST_GROWTH} times the peak memory of one job ({growth:.2f}): {met[1]}.",
        flush=True,
    )


def bench_prepare(requests: int, rounds: int) -> None:
    """Print the table of the preparation."""
    few, sizes = min(JOB, requests), set()

    def sized(result: tuple[Cost, int]) -> Cost:
        sizes.add(result[1])
        return result[0]

    with tempfile.TemporaryDirectory() as folder:
        work, small = Path(folder) / "work.duckdb", Path(folder) / "small.duckdb"
        in_a_process(fill, work, requests)
        in_a_process(fill, small, few)
        of_one_job, _ = in_a_process(prepare, small, few)
        ours, by_hand = pairs(
            rounds,
            lambda: sized(in_a_process(prepare, work, requests)),
            lambda: sized(in_a_process(prepare_by_hand, work, requests)),
        )
    # Both have written as much, or they did not do the same.
    [size] = sizes
    print(f"\n## {requests:,} requests prepared for a Batch API: {size / 1e6:,.0f} MB of JSONL\n")
    show([("dbt_llm", few, of_one_job), ("dbt_llm", requests, ours), ("plain loop of json.dumps", requests, by_hand)])
    show_targets("requests", LEAST_PREPARED, ours, by_hand, of_one_job)


def bench_collect(requests: int, rounds: int) -> None:
    """Print the table of the collection."""
    few = min(JOB, requests)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as small:
        in_a_process(write_results, Path(folder), requests)
        in_a_process(write_results, Path(small), few)
        size = sum(file.stat().st_size for file in Path(folder).glob("*.jsonl"))
        of_one_job = in_a_process(collect, Path(small), few)
        ours, by_hand = pairs(
            rounds,
            lambda: in_a_process(collect, Path(folder), requests),
            lambda: in_a_process(collect_by_hand, Path(folder), requests),
        )
    print(f"\n## {requests:,} results collected: {size / 1e6:,.0f} MB of JSONL\n")
    show([("dbt_llm", few, of_one_job), ("dbt_llm", requests, ours), ("plain loop of json.loads", requests, by_hand)])
    show_targets("results", LEAST_COLLECTED, ours, by_hand, of_one_job)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench batch")
    parser.add_argument("--requests", type=int, default=1_000_000, help="to prepare; 0: do not")
    parser.add_argument("--results", type=int, default=200_000, help="to collect; 0: do not")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.requests:
        bench_prepare(options.requests, options.rounds)
    if options.results:
        bench_collect(options.results, options.rounds)


if __name__ == "__main__":
    main()
