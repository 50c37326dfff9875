"""Run dbt in processes of their own that need neither import nor parse anything first.

A fork server imports dbt and runs it once over a small project, the template; each command is forked from it, with all
that dbt loads and generates on its way in memory already. So a command takes a tenth of a new interpreter's time, and
still is a process that can be killed, with its own environment, working directory and output.
"""

import atexit
import gc
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

TEMPLATE = "DBT_LLM_TEST_TEMPLATE"
"""The environment variable by which the fork server knows the template's folder."""

CLOCK = "DBT_LLM_TEST_CLOCK_S"
"""The environment variable that says by how many seconds a dbt command's clock is wrong."""

_context = multiprocessing.get_context("forkserver")
# Of this process's one fork server, whatever context asks for it.
_context.set_forkserver_preload(["tests.support.preload"])


def start(arguments: list[str], folder: Path, environment: dict[str, str], output: Path) -> BaseProcess:
    """Start a dbt command in a process group of its own."""
    return fork(_run, arguments, str(folder), environment, str(output))


def fork(function: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Start a function in a process that is forked from the server."""
    template()
    process = _context.Process(target=function, args=arguments)
    process.start()
    return process


@cache
def template() -> Path:
    """What a project of `tests.support.project` has once it is parsed and the package's tables are built; to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="dbt_llm_template_"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ[TEMPLATE] = str(folder)
    # The server starts with its first process, and forks it once the template is made.
    first = _context.Process(target=gc.collect)
    first.start()
    first.join()
    made = folder / "output.txt"
    assert first.exitcode == 0 and not made.exists(), made.read_text()
    return folder / "made"


def set_clock(seconds: float) -> None:
    """Set the clock that this process's Python reads, by `time.time`, ahead of the machine's, or behind."""
    if seconds:
        machine = time.time
        time.time = lambda: machine() + seconds


def _run(arguments: list[str], folder: str, environment: dict[str, str], output: str) -> None:
    os.setsid()
    # Whoever started the tests may have ignored it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    set_clock(float(environment.get(CLOCK, 0)))
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    # A command keeps nearly all that it makes; to look through it again and again takes a quarter of its time.
    gc.set_threshold(100_000)
    from dbt.cli.main import cli

    sys.argv = ["dbt", *arguments]
    cli(prog_name="dbt")
