"""`dbt-llm review`: the review page on a DuckDB file."""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
import sys
from importlib.util import find_spec
from pathlib import Path

NAME = "review"
SUMMARY = "look at the answers of the review sample one by one, and write verdicts, in a page on this machine"
DESCRIPTION = """\
Open a page that shows the answers of dbt_llm__review_sample one at a time and writes each verdict into a table at once. The var
dbt_llm_verdicts names that table to the golden models, for which each verdict is a golden row from then on (docs/review.md).
The page is served on 127.0.0.1 at a secret address, which is printed, until Ctrl-C. No language model is called.

  dbt-llm review --database my.duckdb --target target
  dbt-llm review --database my.duckdb --columns has_pii pii_types --verdicts reviews.verdicts
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add where the sample is, where verdicts go, and what is judged."""
    parser.add_argument("--database", metavar="FILE", type=Path, required=True, help="a DuckDB file")
    parser.add_argument("--schema", metavar="NAME", help="the schema of the package's tables; needed where several have them")
    parser.add_argument(
        "--verdicts", metavar="TABLE", help="the table of verdicts, made if it is not there; dbt_llm_verdicts in the same schema"
    )
    parser.add_argument(
        "--columns",
        metavar="NAME",
        nargs="+",
        default=[],
        help="the response columns to judge; those that a golden model evaluates, or else those with labels",
    )
    parser.add_argument(
        "--target", metavar="FOLDER", type=Path, help="dbt's target folder: the prompt's template and what the columns mean"
    )
    parser.add_argument("--reviewer", metavar="NAME", help="the name that verdicts carry; the name of this machine's user")
    parser.add_argument("--port", metavar="N", type=int, default=8501, help="8501")
    parser.add_argument("--no-browser", action="store_true", help="print the address, and open no browser")


def run(options: argparse.Namespace) -> int:
    """Serve the page until it is stopped: this process becomes the server."""
    from ..client import MissingDependencyError
    from ..report import open_database
    from ..review import described, duckdb_file

    if find_spec("streamlit") is None:
        raise MissingDependencyError("dbt_llm.review: Streamlit is not installed. Run: pip install 'dbt-llm[review]'")
    duckdb_file(options.database)
    if options.target is not None:
        described(options.target)
    with open_database(options.database, options.schema) as source:
        [[schema]] = [row.values() for row in source.rows("select current_schema()")]
    verdicts = options.verdicts or f'"{schema}".dbt_llm_verdicts'
    print(f"Verdicts go to {verdicts}. In dbt_project.yml, vars: dbt_llm_verdicts: {verdicts.replace(chr(34), '')}")
    script = Path(__file__).parents[1] / "review" / "app.py"
    command = [
        *(sys.executable, "-m", "streamlit", "run", str(script)),
        *("--server.address", "127.0.0.1", "--server.port", str(options.port)),
        *("--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none", "--client.toolbarMode", "minimal"),
        *("--theme.primaryColor", "#0072b2"),
        *(["--server.headless", "true"] if options.no_browser else []),
        *("--", "--database", str(options.database.resolve()), "--schema", f'"{schema}"', "--verdicts", verdicts),
        *("--reviewer", options.reviewer or getpass.getuser()),
        *(["--columns", *options.columns] if options.columns else []),
        *(["--target", str(options.target.resolve())] if options.target is not None else []),
    ]
    # Whatever else runs on this machine can reach the port, and a page of another site can send a browser there. By the
    # environment, as every user of the machine may read a command line.
    secret = secrets.token_hex(16)
    environment = {**os.environ, "STREAMLIT_SERVER_BASE_URL_PATH": secret}
    print(f"The page: http://127.0.0.1:{options.port}/{secret}/")
    sys.stdout.flush()
    # In the place of this process, so that whoever ends it ends the server.
    os.execve(sys.executable, command, environment)
