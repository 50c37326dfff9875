"""A program that drains: `python -m tests.support.drain_script DATABASE BASE_URL`; for tests that kill it."""

import signal
import sys

import duckdb

from dbt_llm.duckdb import register
from tests.support.runs import drain


def main() -> None:
    # A shell may have started the tests with Ctrl-C ignored, and a process inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    connection = duckdb.connect(sys.argv[1])
    register(connection)
    print(drain(connection, sys.argv[2]))


if __name__ == "__main__":
    main()
