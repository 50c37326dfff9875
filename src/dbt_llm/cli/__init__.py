"""The command `dbt-llm`. A subcommand is a module here, and a line in `program.py`."""

from .program import main

__all__ = ["main"]
