"""Rows per second and CPU per call of four HTTP clients, a whole drain and a whole Python task; one Markdown table.

    python -m bench client [--rows 20000] [--in-flight 512] [--latency-s 0.05] [--rounds 3] [--quick]

Each client runs in a process of its own against one stand-in server in another, and all send the same bodies. CPU time
is the client's process, user and system, without its imports; the best of the rounds counts, as other programs can only
add to it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import Any

from bench.processes import in_a_process
from tests.support.package_tables import create_tables

Measured = tuple[float, float]
"""Rows per second, CPU milliseconds per call."""

WORK = """
    create table work as
    select i as n, sha256(i::varchar) as request_key, 'hello ' || i as prompt, 0 as attempt, 0 as superseded
    from range(1, $rows + 1) as t(i)
"""
PROPERTIES = {"echo": {"type": "string"}}
SCHEMA = {"type": "object", "properties": PROPERTIES, "required": ["echo"], "additionalProperties": False}
RESPONSE_FORMAT = {"type": "json_schema", "json_schema": {"name": "response", "strict": True, "schema": SCHEMA}}


def body(number: int) -> dict[str, Any]:
    messages = [{"role": "user", "content": f"hello {number}"}]
    return {"model": "m", "messages": messages, "response_format": RESPONSE_FORMAT}


async def window(call: Callable[[int], Awaitable[Any]], rows: int, in_flight: int) -> None:
    """Workers that take the next number: the leanest sliding window."""
    numbers = iter(range(rows))

    async def work() -> None:
        for number in numbers:
            await call(number)

    await asyncio.gather(*[work() for _ in range(in_flight)])


async def bare_aiohttp(base_url: str, rows: int, in_flight: int) -> Measured:
    import aiohttp

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def call(number: int) -> None:
            async with session.post(f"{base_url}/chat/completions", json=body(number)) as response:
                (await response.json())["choices"][0]["message"]["content"]

        return await measured(call, rows, in_flight)


async def bare_httpx(base_url: str, rows: int, in_flight: int) -> Measured:
    import httpx

    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:

        async def call(number: int) -> None:
            response = await client.post(f"{base_url}/chat/completions", json=body(number))
            response.json()["choices"][0]["message"]["content"]

        return await measured(call, rows, in_flight)


async def openai_sdk(base_url: str, rows: int, in_flight: int) -> Measured:
    import openai

    async with openai.AsyncOpenAI(base_url=base_url, api_key="none", timeout=60) as client:

        async def call(number: int) -> None:
            response = await client.chat.completions.create(**body(number))
            response.choices[0].message.content  # noqa: B018

        return await measured(call, rows, in_flight)


async def measured(call: Callable[[int], Awaitable[Any]], rows: int, in_flight: int) -> Measured:
    await window(call, in_flight, in_flight)
    began_at, cpu_at = time.perf_counter(), time.process_time()
    await window(call, rows, in_flight)
    return rows / (time.perf_counter() - began_at), (time.process_time() - cpu_at) / rows * 1e3


def whole_drain(base_url: str, rows: int, in_flight: int) -> Measured:
    """Everything: work read, requests sent, responses committed to a file."""
    import duckdb

    from dbt_llm.duckdb import register

    with tempfile.TemporaryDirectory() as folder:
        connection = duckdb.connect(f"{folder}/bench.duckdb")
        register(connection)
        create_tables(connection)
        for count in (in_flight, rows):
            connection.execute("drop table if exists work")
            connection.execute(WORK, {"rows": count})
            options = {
                "task": "bench",
                "endpoint_name": "bench",
                "endpoint": {
                    "model_name": "m",
                    "base_url": base_url,
                    "max_in_flight": in_flight,
                },
                "response_format": SCHEMA,
                "work_relation": "work",
                "responses_relation": "dbt_llm__responses",
                "allow_outside_dbt": True,
            }
            began_at, cpu_at = time.perf_counter(), time.process_time()
            query = connection.execute("select dbt_llm_drain($o)", {"o": json.dumps(options)})
            result = json.loads(query.fetchall()[0][0])
            took, cpu = time.perf_counter() - began_at, time.process_time() - cpu_at
            assert result["succeeded"] == count, result
        connection.close()
    return rows / took, cpu / rows * 1e3


def python_task(base_url: str, rows: int, in_flight: int) -> Measured:
    """Everything of the drain, with the requests found before and the completions parsed and validated after."""
    return task_runs(base_url, rows, in_flight)[0]


def python_task_again(base_url: str, rows: int, in_flight: int) -> Measured:
    """The same once more, all answered: what is beside the drain."""
    return task_runs(base_url, rows, in_flight)[1]


def task_runs(base_url: str, rows: int, in_flight: int) -> tuple[Measured, Measured]:
    """A run that has every row answered, and one that finds them answered."""
    import duckdb

    from bench.python_task import PythonTask

    with tempfile.TemporaryDirectory() as folder, duckdb.connect(f"{folder}/bench.duckdb") as connection:
        endpoint = {"model_name": "m", "base_url": base_url, "max_in_flight": in_flight}
        task = PythonTask(connection, {"prompt": "hello {number}", "response_format": PROPERTIES}, endpoint)
        found = []
        for first, count in ((0, in_flight), (in_flight, rows), (in_flight, rows)):
            connection.execute(
                "create or replace table messages as select i as number from range($first, $end) as t(i)",
                {"first": first, "end": first + count},
            )
            began_at, cpu_at = time.perf_counter(), time.process_time()
            task.run("messages", "written")
            took, cpu = time.perf_counter() - began_at, time.process_time() - cpu_at
            right = "llm_status = 'succeeded' and echo = 'hello ' || number"
            assert connection.execute(f"select count(*) from written where {right}").fetchall() == [(count,)]
            found.append((count / took, cpu / count * 1e3))
        sent = connection.execute("select sent_requests from dbt_llm__runs order by started_at").fetchall()
        assert sent == [(in_flight,), (rows,), (0,)], sent
    _, live, again = found
    return live, again


BARE = "bare aiohttp loop"
DRAIN = "dbt_llm drain, all of it"
PYTHON_TASK = "dbt_llm.enrich, all of a Python task"
AGAIN = "dbt_llm.enrich again, all answered: no calls"
CLIENTS: dict[str, Callable[[str, int, int], Any]] = {
    BARE: bare_aiohttp,
    DRAIN: whole_drain,
    PYTHON_TASK: python_task,
    AGAIN: python_task_again,
    "bare httpx loop": bare_httpx,
    "openai SDK": openai_sdk,
}
QUICK = (BARE, DRAIN, PYTHON_TASK, AGAIN)
CPU_OF_BARE = 0.25 / 0.22


def measure(name: str, base_url: str, rows: int, in_flight: int) -> Measured:
    result = CLIENTS[name](base_url, rows, in_flight)
    found: Measured = asyncio.run(result) if asyncio.iscoroutine(result) else result
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench client")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--in-flight", type=int, default=512)
    parser.add_argument("--latency-s", type=float, default=0.05)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="without the clients that take minutes")
    options = parser.parse_args()
    command = [
        sys.executable,
        "-m",
        "dbt_llm.testing",
        "--latency-s",
        str(options.latency_s),
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    base_url = json.loads(server.stdout.readline())["base_url"]
    best: dict[str, Measured] = {}
    try:
        for _ in range(options.rounds):
            for name in QUICK if options.quick else CLIENTS:
                # The SDKs take minutes for what the others do in seconds.
                rows = options.rows if name in QUICK else max(options.rows // 20, options.in_flight)
                rate, cpu = in_a_process(measure, name, base_url, rows, options.in_flight)
                known_rate, known_cpu = best.get(name, (0.0, float("inf")))
                best[name] = max(rate, known_rate), min(cpu, known_cpu)
    finally:
        server.terminate()
    base_rate, base_cpu = best[BARE]
    print(f"\n## {options.in_flight} calls in flight at {options.latency_s * 1000:.0f} ms\n")
    print("| client | CPU-ms per call | of the bare loop | rows/s | of the bare loop |")
    print("|---|--:|--:|--:|--:|")
    for name, (rate, cpu) in best.items():
        shares = f"{cpu:.3f} | {cpu / base_cpu:.2f} | {rate:,.0f} | {rate / base_rate:.2f}"
        print(f"| {name} | {shares} |")
    (rate, cpu), (task_rate, _), (_, cpu_beside) = best[DRAIN], best[PYTHON_TASK], best[AGAIN]
    met = [
        "yes" if fits else "**no**"
        for fits in (rate / base_rate >= 0.9, cpu / base_cpu <= CPU_OF_BARE, task_rate / rate >= 0.8, cpu_beside <= 0.1)
    ]
    print(
        f"\nTargets of the drain: at least 0.9 of the bare loop's rows/s: {met[0]}."
        f" At most {CPU_OF_BARE:.2f} times its CPU: {met[1]}."
        f"\nTargets of the Python task: at least 0.8 of the drain's rows/s: {met[2]}."
        f" Beside the drain, at most 0.1 CPU-ms per row ({cpu_beside:.3f}): {met[3]}."
    )


if __name__ == "__main__":
    main()
