"""Model parameters on their way into a provider's request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import ConfigurationError

_MOST_TOKENS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
"""The names by which tasks say how long a completion may be."""


def checked(model_parameters: Mapping[str, Any] | None, ours: Iterable[str]) -> dict[str, Any]:
    """A copy. Raises `ConfigurationError` where one of `ours` is in it: those would change what a response means."""
    parameters = dict(model_parameters or {})
    faults = [
        f"model_parameters has '{name}'. Expected parameters of the language model only." for name in ours if name in parameters
    ]
    if faults:
        raise ConfigurationError(faults)
    return parameters


def take_max_tokens(parameters: dict[str, Any]) -> int | None:
    """Remove the most tokens that a completion may have, under whatever name they go by, and return them."""
    found = [value for name in _MOST_TOKENS if (value := parameters.pop(name, None)) is not None]
    return found[0] if found else None


def take_stop(parameters: dict[str, Any]) -> list[str] | None:
    """Remove OpenAI's `stop`, a text or a list of them, and return it as a list."""
    stop = parameters.pop("stop", None)
    return [stop] if isinstance(stop, str) else stop
