"""A construct that a completion cannot be validated against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MARK = "x-dbt-llm-not-validated"
"""The key that carries faults through a JSON schema, from where only Pydantic knows it to where its path is known."""


@dataclass(frozen=True)
class Fault:
    """`path`: `Model.field.items`. `got`: the construct. `expected`: what says the same, or nearly."""

    path: str
    got: str
    expected: str
    fault: str = "not validated by dbt_llm"

    def sentence(self) -> str:
        """The fault as the house says it."""
        return f"{self.path}: {self.fault}. Expected {self.expected}; got '{self.got}'."


def mark(schema: Mapping[str, Any], got: str, expected: str) -> dict[str, Any]:
    """The schema with one more fault that its keywords do not show."""
    return {**schema, MARK: [*schema.get(MARK, ()), {"got": got, "expected": expected}]}


def marked(schema: Mapping[str, Any], path: str) -> list[Fault]:
    """The faults that `mark` left."""
    return [Fault(path, **found) for found in schema.get(MARK, ())]
