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
from functools import cache
from multiprocessing.process import BaseProcess
from pathlib import Path

TEMPLATE = "DBT_LLM_TEST_TEMPLATE"
"""The environment variable by which the fork server knows the template's folder."""

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.support.preload"])


def start(arguments: list[str], folder: Path, environment: dict[str, str], output: Path) -> BaseProcess:
    """Start a dbt command in a process group of its own."""
    template()
    process = _context.Process(target=_run, args=(arguments, str(folder), environment, str(output)))
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


def _run(arguments: list[str], folder: str, environment: dict[str, str], output: str) -> None:
    os.setsid()
    # Whoever started the tests may have ignored it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    from dbt.cli.main import cli

    sys.argv = ["dbt", *arguments]
    cli(prog_name="dbt")
