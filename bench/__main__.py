"""All benches, or some of them; the options are those of a single one.

    python -m bench [client] [batch] [rerun] [idle] [parse] [spark] [ray] [filter]
    python -m bench batch --requests 100000

Each figure stands beside its yardstick, measured in the same run.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

PARTS = ("client", "batch", "rerun", "idle", "parse", "spark", "ray", "filter")
ENVIRONMENTS = Path(__file__).parents[1] / ".envs"
"""Spark and Ray are in environments of their own."""


def main() -> None:
    """Run each bench in a process of its own."""
    names = list(itertools.takewhile(lambda word: not word.startswith("-"), sys.argv[1:]))
    options = sys.argv[1 + len(names) :]
    if not set(names) <= set(PARTS) or (options and len(names) != 1):
        sys.exit(str(__doc__))
    for name in names or PARTS:
        python = ENVIRONMENTS / name / "bin" / "python" if name in ("spark", "ray") else sys.executable
        subprocess.run([python, "-m", f"bench.{name}", *options], check=True)


if __name__ == "__main__":
    main()
