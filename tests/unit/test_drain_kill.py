"""What is left when a drain's process is killed, or asked to end."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbt_llm.testing import Faults, Server, constant, echo
from tests.support.runs import database, drain, write_work

ROOT = Path(__file__).parents[2]
SCRIPT = [sys.executable, "-m", "tests.support.drain_script"]
PROMPTS = [f"message {number}" for number in range(3000)]
WINDOW = 64


@contextmanager
def draining(path: Path, server: Server, answered: int, *how: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that drains, from the moment at which the server has given so many answers."""
    connection = database(str(path))
    write_work(connection, PROMPTS)
    connection.close()
    process = subprocess.Popen(
        [*SCRIPT, str(path), server.base_url, *how],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        while server.counters.answered < answered:
            assert process.poll() is None, process.communicate()[0][:1000]
            time.sleep(0.01)
        yield process
    finally:
        process.kill()
        process.communicate()


def stored(path: Path) -> int:
    with duckdb.connect(str(path)) as connection:
        query = "select count(*), count(distinct request_key) from responses"
        count, distinct = connection.execute(query).fetchall()[0]
    assert count == distinct
    return int(count)


@pytest.mark.parametrize("size", [pytest.param(10, marks=pytest.mark.long), 60_000])
def test_a_kill_loses_what_was_in_flight_and_a_fifth_of_a_second(tmp_path: Path, size: int) -> None:
    path = tmp_path / "kill.duckdb"
    with Server(constant("x" * size), Faults(latency_s=0.1)) as server:
        with draining(path, server, answered=900) as process:
            early = server.counters.answered
            time.sleep(0.25)
            process.kill()
            process.wait()
        kept = stored(path)
        # Whatever the server had answered 250 ms before the kill, but for what was still on its way.
        assert early - WINDOW <= kept < len(PROMPTS)
        connection = database_again(path)
        connection.execute("delete from work where request_key in (select request_key from responses)")
        connection.execute("create table rest as select * replace (row_number() over (order by n) as n) from work")
        result = drain(connection, server.base_url, work_relation="rest")
        connection.close()
    assert result["sent"] == result["succeeded"] == len(PROMPTS) - kept
    assert stored(path) == len(PROMPTS)


def database_again(path: Path) -> Any:
    from dbt_llm.duckdb import register

    connection = duckdb.connect(str(path))
    register(connection)
    return connection


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("how", [(), ("thread",)], ids=["in the main thread", "in another"])
def test_ctrl_c_ends_soon_and_keeps_all_answers(tmp_path: Path, how: tuple[str, ...]) -> None:
    path = tmp_path / "interrupt.duckdb"
    with Server(echo, Faults(latency_s=0.05, slow=0.01, slow_s=600)) as server:
        with draining(path, server, 300, *how) as process:
            process.send_signal(signal.SIGINT)
            # Soon on a busy machine, when some of the answers would take ten minutes.
            process.wait(60)
        assert process.returncode != 0
        assert stored(path) == server.counters.answered < len(PROMPTS)
