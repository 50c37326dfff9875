"""`dbt-llm calibration`: what an account answered to the open questions, for a bug report."""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "calibration"
SUMMARY = "write what an account answered to the open questions, without what names the account, for a bug report"
DESCRIPTION = """\
Write the answers of dbt_llm__calibration as Markdown, or as JSON where the file's name ends so. Keys, addresses, names of
accounts, people, machines and tables are taken out by their shapes: read it before you send it. The table comes from a DuckDB
file, which is opened read-only, or from a folder into which a warehouse exported it as Parquet (docs/calibration.md). No
language model is called.

  dbt-llm calibration --database my.duckdb
  dbt-llm calibration --from-parquet exported --out calibration.json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add where it reads from, and where it writes."""
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--database", metavar="FILE", type=Path, help="a DuckDB file")
    place.add_argument("--from-parquet", metavar="FOLDER", type=Path, help="a folder with dbt_llm__calibration.parquet")
    parser.add_argument("--schema", metavar="NAME", help="the schema of the table; needed where several have it")
    parser.add_argument(
        "--with-model-names", action="store_true", help="keep the names of language models that the price list does not have"
    )
    parser.add_argument(
        "--out", metavar="FILE", type=Path, default=Path("calibration.md"), help="the file to write; calibration.md"
    )


def run(options: argparse.Namespace) -> int:
    """Write the file."""
    from ..calibration import TABLE, answers, as_json, as_markdown
    from ..client import ConfigurationError
    from ..report import open_database, open_parquet

    if options.from_parquet is not None and options.schema is not None:
        raise ConfigurationError(
            [f"--schema goes with --database. Expected no --schema with --from-parquet; got '{options.schema}'."]
        )
    opened = (
        open_parquet(options.from_parquet)
        if options.from_parquet is not None
        else open_database(options.database, options.schema, holding=TABLE)
    )
    with opened as source:
        found = answers(source, with_model_names=options.with_model_names)
    text = as_json(found) if options.out.suffix == ".json" else as_markdown(found)
    try:
        options.out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            [f"'{options.out}' cannot be written. Expected a file in a folder that is there; got: {error}"]
        ) from None
    print(f"{options.out}: {len(found)} answers. Read it before you send it.")
    return 0
