"""What the road of a Python model asks of an engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol


class Engine(Protocol):
    """A way to answer a task's pending requests. It stands for the adapter's primitives that call a language model."""

    entry: Mapping[str, Any]
    """The endpoint's entry that it uses, with `model_name`."""

    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """Its answers to primitives, by their names: `check_endpoint`, `recover_answers`, `complete_relation`, `adapter_name`."""
