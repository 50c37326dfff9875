"""The script that `dbt-llm review` has Streamlit run, on a DuckDB file. Its options come from the command."""

import argparse
from pathlib import Path

import streamlit as st

from dbt_llm.review import Reviews, Tables, described, duckdb_file
from dbt_llm.review.page import show

# What a browser calls this machine. A site whose name has come to mean this machine would call it by that name. (No docstring:
# Streamlit shows a text that stands by itself in its script.)
OURS = ("127.0.0.1", "localhost")


def main() -> None:
    """Read the options and show the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", type=Path, required=True)
    parser.add_argument("--schema", required=True)
    parser.add_argument("--verdicts", required=True)
    parser.add_argument("--columns", nargs="*", default=[])
    parser.add_argument("--target", type=Path)
    parser.add_argument("--reviewer", default="")
    options = parser.parse_args()
    if (st.context.headers.get("Host") or "").partition(":")[0] not in OURS:
        st.error("This page is for this machine only: open the address that `dbt-llm review` has printed.")
        return
    tables = Tables(duckdb_file(options.database), options.schema, options.verdicts)
    tasks = described(options.target) if options.target is not None else None
    show(Reviews(tables, options.columns, tasks), options.reviewer)


main()
