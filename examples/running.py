"""What the examples' programs share: dbt in an example's folder, and the stand-in server beside it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("dbt-llm"))


@contextmanager
def stand_in(*options: str) -> Iterator[str]:
    """The base URL of `python -m dbt_llm.testing` with these options, for as long as it is there."""
    # It ends with this program; what dbt does before the first call takes minutes on a busy machine.
    command = [sys.executable, "-m", "dbt_llm.testing", "--idle-seconds", "3600", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        started = json.loads(server.stdout.readline())
        try:
            yield started["base_url"]
        finally:
            server.terminate()


def dbt_llm(folder: Path, *arguments: str, **environment: str) -> None:
    """Run a command of the companion in this folder, or end with its exit code."""
    defaults = {"DBT_PROFILES_DIR": str(folder), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_VERSION_CHECK": "false"}
    print(f"$ dbt-llm {' '.join(arguments)}", flush=True)
    completed = subprocess.run([COMMAND, *arguments], cwd=folder, env={**os.environ, **defaults, **environment}, check=False)
    if completed.returncode:
        sys.exit(completed.returncode)
    print(flush=True)
