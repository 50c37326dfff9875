"""`dbt-llm report`: what the package's tables say, as one HTML file."""

from __future__ import annotations

import argparse
import os
from contextlib import suppress
from pathlib import Path

NAME = "report"
SUMMARY = "write what was asked, paid, spared, quarantined and measured as one HTML file"
DESCRIPTION = """\
Write one HTML file with plots of the package's tables: requests, cost, cache, quarantine, drift, accuracy, latency. It needs
neither a server nor a network to be read. The tables come from a DuckDB file, which is opened read-only, or from a folder into
which a warehouse exported them as Parquet (docs/report.md). No language model is called.

  dbt-llm report --database my.duckdb --target target
  dbt-llm report --from-parquet exported --out report.html
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add where it reads from, and where it writes."""
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--database", metavar="FILE", type=Path, help="a DuckDB file")
    place.add_argument(
        "--from-parquet",
        metavar="FOLDER",
        type=Path,
        help="a folder with dbt_llm__runs.parquet, dbt_llm__usage_daily.parquet and so on",
    )
    parser.add_argument("--schema", metavar="NAME", help="the schema of the package's tables; needed where several have them")
    parser.add_argument(
        "--target", metavar="FOLDER", type=Path, help="dbt's target folder: the gates that dbt compiled there are asked"
    )
    parser.add_argument("--out", metavar="FILE", type=Path, default=Path("report.html"), help="the file to write; report.html")


def run(options: argparse.Namespace) -> int:
    """Write the file."""
    from ..client import ConfigurationError
    from ..report import build, open_database, open_parquet

    if options.from_parquet is not None:
        for name in ("schema", "target"):
            if getattr(options, name) is not None:
                raise ConfigurationError(
                    [f"--{name} goes with --database. Expected no --{name} with --from-parquet; got '{getattr(options, name)}'."]
                )
        opened = open_parquet(options.from_parquet)
    else:
        opened = open_database(options.database, options.schema)
    with opened as source:
        page = build(source, options.target)
    try:
        _write(options.out, page)
    except OSError as error:
        raise ConfigurationError(
            [f"'{options.out}' cannot be written. Expected a file in a folder that is there; got: {error}"]
        ) from None
    print(f"{options.out}: {len(page.encode()) / 1e6:.1f} MB; open it in a browser.")
    return 0


def _write(path: Path, page: str) -> None:
    """Write a file that nobody else can read: completions and labels are in it."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        # One that was there before may have been readable.
        with suppress(OSError):
            path.chmod(0o600)
        file.write(page)
