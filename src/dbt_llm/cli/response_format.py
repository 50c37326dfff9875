"""`dbt-llm response-format`: a Pydantic class as YAML, or compared with YAML."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from ..client import ConfigurationError

NAME = "response-format"
SUMMARY = "print the response_format of a Pydantic class as YAML, or check YAML against the class"
DESCRIPTION = """\
Print the response_format that a Pydantic (version 2) class stands for, as YAML to paste below `meta: llm:` of a task.
With --check, compare a task's response_format with the class instead, and change nothing.

The class is imported from the current folder or from what is installed. No language model is called.

  dbt-llm response-format schemas:PiiRisk
  dbt-llm response-format schemas:PiiRisk --check models/pii_risk.yml
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the class, and what it is compared with."""
    parser.add_argument(
        "model_class", metavar="package.module:Class", help="where the class is: its module, a colon, and its name"
    )
    parser.add_argument(
        "--check", metavar="FILE", type=Path, help="a YAML file of dbt models; exit with 1 where it differs from the class"
    )
    parser.add_argument("--model", metavar="NAME", help="the dbt model in FILE; needed where FILE holds several tasks")
    parser.add_argument(
        "--annotations",
        action="store_true",
        help="with --check: title, description, default and examples must be equal too. They are sent to the model, and not"
        " validated",
    )


def run(options: argparse.Namespace) -> int:
    """Print the YAML, or the differences; 1 where there are some."""
    from ..response_format import differences, response_format_of

    if options.check is None and (options.model or options.annotations):
        name = "--model" if options.model else "--annotations"
        raise ConfigurationError([f"{name} says what to compare with. Expected it with --check FILE; got no --check."])
    expected = response_format_of(import_class(options.model_class))
    if options.check is None:
        from ..response_format.yaml_text import to_yaml

        print(to_yaml(expected), end="")
        return 0
    from ..response_format.yaml_text import read_task

    task = read_task(options.check, options.model)
    found = differences(expected, task.response_format, annotations=options.annotations)
    if not found:
        print(f"{options.check}: the response_format of '{task.model}' is that of {options.model_class}.")
        return 0
    print(f"{options.check}: the response_format of '{task.model}' is not that of {options.model_class}.")
    for difference in found:
        print(f"  {difference}")
    print(f"'expected' is the class, 'got' the YAML. For the whole: dbt-llm response-format {options.model_class}")
    return 1


def import_class(name: str) -> Any:
    """Import the module and return what it calls by that name; `module:Outer.Inner` is an inner one.

    The current folder is looked in first, as `python -m` does. Raises `ConfigurationError` in one sentence, also for
    whatever the module itself raises.
    """
    module_name, colon, path = name.partition(":")
    if not (module_name and colon and path):
        raise ConfigurationError([f"'{name}' names no class. Expected package.module:Class; got '{name}'."])
    found: Any = _import_module(module_name)
    for part in path.split("."):
        if not hasattr(found, part):
            classes = [key for key, value in vars(found).items() if isinstance(value, type)]
            near = difflib.get_close_matches(part, classes, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise ConfigurationError([f"'{module_name}' has no such class. Expected a name in it; got '{path}'.{hint}"])
        found = getattr(found, part)
    return found


def _import_module(name: str) -> Any:
    folder = os.getcwd()
    if folder not in sys.path:
        sys.path.insert(0, folder)
    # What the module prints must not get between the lines of our output.
    with contextlib.redirect_stdout(sys.stderr):
        try:
            return importlib.import_module(name)
        except (Exception, SystemExit) as error:
            if isinstance(error, ModuleNotFoundError) and error.name and f"{name}.".startswith(f"{error.name}."):
                fault = f"the module '{error.name}' is not there. Expected one that can be imported; got '{name}'."
                raise ConfigurationError([f"{fault} Run the command in the folder that holds it, or install it."]) from None
            last = traceback.extract_tb(error.__traceback__)[-1]
            raise ConfigurationError(
                [
                    f"the module '{name}' cannot be imported. Expected no error; got '{type(error).__name__}: {error}'"
                    f" ({last.filename}, line {last.lineno})."
                ]
            ) from None
