"""`dbt-llm response-format`: a Pydantic class as YAML, or compared with YAML."""

from __future__ import annotations

import argparse
from pathlib import Path

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
    from ..client import ConfigurationError
    from ..response_format import differences, of
    from .import_class import import_class

    if options.check is None and (options.model or options.annotations):
        name = "--model" if options.model else "--annotations"
        raise ConfigurationError([f"{name} says what to compare with. Expected it with --check FILE; got no --check."])
    expected = of(import_class(options.model_class))
    if options.check is None:
        from ..response_format.yaml_text import to_yaml

        print(to_yaml(expected), end="")
        return 0
    from .models_yaml import read_task

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
