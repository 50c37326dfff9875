"""The subcommands, in the order of the help."""

from __future__ import annotations

from . import report, response_format, review
from .command import Command

COMMANDS: tuple[Command, ...] = (response_format, report, review)
