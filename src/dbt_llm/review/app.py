"""The script that `dbt-llm review` has Streamlit run, on a DuckDB file. Its options come from the command."""

import argparse
from pathlib import Path

from dbt_llm.review import Reviews, Tables, duckdb_file
from dbt_llm.review.page import show


def main() -> None:
    """Read the options and show the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--schema", required=True)
    parser.add_argument("--verdicts", required=True)
    parser.add_argument("--columns", nargs="*", default=[])
    parser.add_argument("--reviewer", default="")
    options = parser.parse_args()
    tables = Tables(duckdb_file(options.database), options.schema, options.verdicts)
    show(Reviews(tables, options.columns), options.reviewer)


main()
