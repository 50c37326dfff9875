"""A program that drains: `python -m tests.support.drain_script DATABASE BASE_URL [thread]`; for tests that kill it.

With `thread`, it does so in a thread beside the main one, which only waits.
"""

import signal
import sys
import threading
import time

import duckdb

from dbt_llm.duckdb import register
from tests.support.runs import drain


def main() -> None:
    # A shell may have started the tests with Ctrl-C ignored, and a process inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    connection = duckdb.connect(sys.argv[1])
    register(connection)
    if sys.argv[3:] == ["thread"]:
        work = threading.Thread(target=drain, args=(connection, sys.argv[2]))
        work.start()
        # Python 3.11 takes a thread for ended whose `join` was interrupted, and does not wait for it.
        while work.is_alive():
            time.sleep(0.05)
    else:
        print(drain(connection, sys.argv[2]))


if __name__ == "__main__":
    main()
