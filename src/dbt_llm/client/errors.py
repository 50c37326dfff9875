"""What can go wrong, as a tree.

    DbtLlmError
    ├── ConfigurationError       options that cannot work; nothing was sent
    ├── MissingDependencyError   an optional package is not installed (an ImportError too)
    ├── SpendRefusedError        not a moment to spend: neither `run` nor `build`, or cache-only mode
    └── EndpointError            the endpoint will answer no request of this run
        ├── FatalEndpointError   a bad key, an unknown model, no credit, nobody there
        ├── ThrottledError       it asks us to wait for longer than a run should
        └── UnansweredError      it answers too little to go on, or to tell whose fault that is

A request that fails alone is not an exception: it is a `Response` with the status `failed`.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "ConfigurationError",
    "DbtLlmError",
    "EndpointError",
    "FatalEndpointError",
    "MissingDependencyError",
    "SpendRefusedError",
    "ThrottledError",
    "UnansweredError",
]


class DbtLlmError(Exception):
    """The root of all errors that this package raises on purpose."""


class ConfigurationError(DbtLlmError):
    """Options that cannot work. Raised before anything is sent."""

    def __init__(self, faults: Sequence[str]) -> None:
        """One error for all faults that were found; each is one or more whole sentences."""
        super().__init__(" ".join(faults))
        self.faults = list(faults)

    def sentence(self, caller: str) -> str:
        """The error as `caller` (`enrich`, `complete`) says it."""
        return f"dbt_llm.{caller}: {self}"


class MissingDependencyError(DbtLlmError, ImportError):
    """An optional package is needed and not installed."""


class SpendRefusedError(DbtLlmError):
    """Requests were asked for at a moment at which nothing may be spent."""


class EndpointError(DbtLlmError):
    """The endpoint will answer no request of this run: whatever else is pending stays so.

    `fault` says what happened and `remedy` what was expected and what to do; neither ends in a full stop.
    """

    def __init__(self, fault: str, remedy: str) -> None:
        super().__init__(f"{fault}. {remedy}.")
        self.fault = fault
        self.remedy = remedy

    def sentence(self, caller: str, answers: int) -> str:
        """The error as `caller` (`enrich`, `complete`) says it, with how many answers are kept."""
        kept = f"the {answers:,} answers so far are kept" if answers else "nothing was lost"
        return f"dbt_llm.{caller}: {self.fault}. {self.remedy}; {kept}."


class FatalEndpointError(EndpointError):
    """No further request can succeed until somebody changes something."""


class ThrottledError(EndpointError):
    """The endpoint asks for a longer wait than a run should make."""


class UnansweredError(EndpointError):
    """The endpoint gives so few answers that the run ends, or nobody can tell whether the rows or the settings are at fault."""
