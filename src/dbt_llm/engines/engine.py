"""What the road of a Python model asks of an engine, and what its engines share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ..drain import DrainResult

Functions = Mapping[str, Callable[..., Any]]


class Engine(Protocol):
    """A way to answer a task's pending requests. It stands for the adapter's primitives that call a language model."""

    entry: Mapping[str, Any]
    """The endpoint's entry that it uses, with `model_name`."""

    def functions(self) -> Functions:
        """Its answers to macros, by their names: `adapter_name`, `check_endpoint`, `recover_answers`, `complete_relation`."""


def as_outcome(result: DrainResult) -> dict[str, Any]:
    """What `complete_relation` returns."""
    return dict(result.__dict__)
