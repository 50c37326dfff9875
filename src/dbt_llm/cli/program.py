"""The command line: the subcommands, one parser, and one place where an error becomes a sentence and an exit status."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Protocol

from .. import __version__
from ..client import ConfigurationError, DbtLlmError
from . import calibration, dbt, report, response_format, review, train_filter


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


COMMANDS: tuple[Command, ...] = (dbt, response_format, train_filter, report, review, calibration)
"""In the order of the help."""

_DESCRIPTION = "What helps to write and to check the tasks of the dbt package dbt_llm. Tasks themselves run with `dbt run`."
_EXITS = "Exit status: 0 all is well, 1 what was checked is not as it should be, 2 the command could not do its work."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand and return the exit status. `arguments`: as on the command line, which is the default.

    Wrong arguments end the program with the status 2, and --help and --version with 0, as argparse does it.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    # dbt's own options, --help among them, are not ours to read.
    is_of_dbt = given[:1] == [dbt.NAME]
    options = argparse.Namespace(command=dbt, arguments=given[1:]) if is_of_dbt else _parser().parse_args(given)
    try:
        status: int = options.command.run(options)
        sys.stdout.flush()
    except DbtLlmError as error:
        print(f"dbt-llm {options.command.NAME}: {_told(error)}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Who read our output has seen enough. Python would complain once more while it closes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return status


def _told(error: DbtLlmError) -> str:
    """The error; several faults as a list, as the macros give it."""
    if not isinstance(error, ConfigurationError) or len(error.faults) == 1:
        return str(error)
    return "\n".join([f"{len(error.faults)} faults.", *(f"  {n}. {fault}" for n, fault in enumerate(error.faults, 1))])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dbt-llm", description=_DESCRIPTION, epilog=_EXITS)
    parser.add_argument("--version", action="version", version=f"dbt-llm {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        own = commands.add_parser(
            command.NAME,
            help=command.SUMMARY,
            description=command.DESCRIPTION,
            epilog=_EXITS,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(own)
        own.set_defaults(command=command)
    return parser
