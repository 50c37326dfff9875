"""What a subcommand is."""

from __future__ import annotations

import argparse
from typing import Protocol


class Command(Protocol):
    """A module with these names. It imports what it needs beyond the standard library when it runs, not before.

    `run` returns the exit status: 0 where all is well, 1 where what was checked is not. What keeps it from its work is
    raised as a `DbtLlmError`, which `program.py` prints as one sentence, with the exit status 2.
    """

    NAME: str
    SUMMARY: str
    """One line, for the list of commands."""
    DESCRIPTION: str
    """What it does and an example, for its own help."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, options: argparse.Namespace) -> int: ...
