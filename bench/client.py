"""Rows per second and CPU per call of four HTTP clients and of a whole drain; prints one Markdown table.

    python bench/client.py [--rows 20000] [--in-flight 512] [--latency-s 0.05] [--rounds 3]

Each client runs in a process of its own against one stand-in server in another. CPU time is the client's process,
user and system, without its imports; the best of the rounds counts, as other programs can only add to it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

Measured = tuple[float, float]
"""Rows per second, CPU milliseconds per call."""

DDL = """
    create table responses (
        request_key varchar, task varchar, model_name varchar, prompt_version varchar, status varchar,
        completion varchar, error_class varchar, error_message varchar, finish_reason varchar,
        input_tokens bigint, output_tokens bigint, cost_usd double, latency_ms bigint, attempt integer,
        engine varchar, response_model varchar, batch_id varchar, invocation_id varchar,
        requested_at timestamp, responded_at timestamp, prompt varchar, cached_input_tokens bigint
    )
"""
WORK = """
    create table work as
    select i as n, sha256(i::varchar) as request_key, 'hello ' || i as prompt, 0 as attempt
    from range(1, $rows + 1) as t(i)
"""


def body(number: int) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": f"hello {number}"}]}


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
    import tempfile

    import duckdb

    from dbt_llm.duckdb import register

    with tempfile.TemporaryDirectory() as folder:
        connection = duckdb.connect(f"{folder}/bench.duckdb")
        register(connection)
        connection.execute(DDL)
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
                "work_relation": "work",
                "responses_relation": "responses",
                "allow_outside_dbt": True,
            }
            began_at, cpu_at = time.perf_counter(), time.process_time()
            query = connection.execute("select dbt_llm_drain($o)", {"o": json.dumps(options)})
            result = json.loads(query.fetchall()[0][0])
            took, cpu = time.perf_counter() - began_at, time.process_time() - cpu_at
            assert result["succeeded"] == count, result
        connection.close()
    return rows / took, cpu / rows * 1e3


CLIENTS: dict[str, Callable[[str, int, int], Any]] = {
    "bare aiohttp loop": bare_aiohttp,
    "dbt_llm drain, all of it": whole_drain,
    "bare httpx loop": bare_httpx,
    "openai SDK": openai_sdk,
}
OURS = "dbt_llm drain, all of it"
QUICK = ("bare aiohttp loop", OURS)


def measure(name: str, base_url: str, rows: int, in_flight: int, results: Any) -> None:
    result = CLIENTS[name](base_url, rows, in_flight)
    results.put(asyncio.run(result) if asyncio.iscoroutine(result) else result)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--in-flight", type=int, default=512)
    parser.add_argument("--latency-s", type=float, default=0.05)
    parser.add_argument("--rounds", type=int, default=3)
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
    spawn = multiprocessing.get_context("spawn")
    best: dict[str, Measured] = {}
    try:
        for _ in range(options.rounds):
            for name in CLIENTS:
                results = spawn.Queue()
                # The SDKs take minutes for what the others do in seconds.
                rows = options.rows if name in QUICK else max(options.rows // 20, options.in_flight)
                arguments = (name, base_url, rows, options.in_flight, results)
                process = spawn.Process(target=measure, args=arguments)
                process.start()
                rate, cpu = results.get(timeout=600)
                process.join()
                known_rate, known_cpu = best.get(name, (0.0, float("inf")))
                best[name] = max(rate, known_rate), min(cpu, known_cpu)
    finally:
        server.terminate()
    base_rate, base_cpu = best["bare aiohttp loop"]
    print(f"\n## {options.in_flight} calls in flight at {options.latency_s * 1000:.0f} ms\n")
    print("| client | CPU-ms per call | of the bare loop | rows/s | of the bare loop |")
    print("|---|--:|--:|--:|--:|")
    for name, (rate, cpu) in best.items():
        shares = f"{cpu:.2f} | {cpu / base_cpu:.2f} | {rate:,.0f} | {rate / base_rate:.2f}"
        print(f"| {name} | {shares} |")
    rate, cpu = best[OURS]
    met = ["yes" if fits else "**no**" for fits in (rate / base_rate >= 0.8, cpu <= 0.6)]
    print(f"\nTargets: at least 0.8 of the bare loop's rows/s: {met[0]}. At most 0.6 CPU-ms per call: {met[1]}.")


if __name__ == "__main__":
    main()
