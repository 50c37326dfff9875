"""`dbt-llm dbt`: run dbt, and answer its tasks' requests where dbt has no Python in it."""

from __future__ import annotations

import argparse

NAME = "dbt"
SUMMARY = "run dbt with these arguments, and answer its tasks' requests beside it: DuckDB on dbt v2"
DESCRIPTION = """\
Run dbt with the arguments that follow, and answer the requests of its tasks meanwhile. dbt v2 has no Python in it, so on DuckDB
its tasks are answered by this program; on all else, and on dbt v1 with the plugin in its profile, it just runs dbt. The
exit status, signals and the terminal are dbt's own. The dbt is the one of this environment, else of the PATH, or the program
that DBT_LLM_DBT names.

  dbt-llm dbt build
  dbt-llm dbt run --select pii_risk
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add dbt's arguments; `program.py` leaves all of them to dbt."""
    parser.add_argument("arguments", metavar="ARGUMENT", nargs=argparse.REMAINDER, help="what dbt is to do")


def run(options: argparse.Namespace) -> int:
    """Run it."""
    from ..companion import run_dbt

    return run_dbt(options.arguments)
