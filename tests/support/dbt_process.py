"""Run dbt in processes of their own that need not import it first.

A fork server imports dbt once; each command is forked from it. That halves the time of these tests, and each command
still is a process that can be killed, with its own environment, working directory and output.
"""

import multiprocessing
import os
import signal
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.support.preload"])


def start(arguments: list[str], folder: Path, environment: dict[str, str], output: Path) -> BaseProcess:
    """Start a dbt command in a process group of its own."""
    process = _context.Process(target=_run, args=(arguments, str(folder), environment, str(output)))
    process.start()
    return process


def _run(arguments: list[str], folder: str, environment: dict[str, str], output: str) -> None:
    os.setsid()
    # A shell may have started the tests with Ctrl-C ignored, and a process inherits that.
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
