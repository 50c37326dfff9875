"""The keys of an endpoint's entry that only the batch engine reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from ...client import ConfigurationError, Endpoint

_PRICE = "_usd_per_million_tokens"


@dataclass(frozen=True)
class BatchOptions:
    """How jobs are cut, priced, and looked for.

    `batch_discount`: the share of the endpoint's prices that its provider takes off in a batch. `enqueued_tokens`: the
    most input tokens that the provider lets wait at a time; None: no such limit. `batch_requests`: the most requests of
    one job, where that is to be less than the provider allows. `absent_lists`, `absent_minutes`: a job that may have been
    created is taken for not created once so many lists of the provider did not hold it, the last of them so long after
    it was last heard of.
    """

    batch_discount: float = 0.5
    enqueued_tokens: float | None = None
    batch_requests: int | None = None
    absent_lists: int = 3
    absent_minutes: float = 10.0

    @classmethod
    def take(cls, name: str, entry: Mapping[str, Any]) -> tuple[BatchOptions, dict[str, Any]]:
        """Take these keys out of an endpoint's entry; a null counts as absent. Returns them, and what is left.

        Raises `ConfigurationError` with every fault that they have.
        """
        known = [field.name for field in fields(cls)]
        given = {key: value for key, value in entry.items() if key in known and value is not None}
        faults = [
            f"endpoint '{name}' has a wrong {key}. Expected {expected}; got '{given[key]}'."
            for key, (expected, fits) in _EXPECTED.items()
            if key in given and not (_is_number(given[key]) and fits(given[key]))
        ]
        if faults:
            raise ConfigurationError(faults)
        return cls(**given), {key: value for key, value in entry.items() if key not in known}


def at_batch_prices(endpoint: Endpoint, options: BatchOptions) -> Endpoint:
    """The endpoint with the prices that its provider takes in a batch."""
    return _with_prices(endpoint, lambda price: price * (1 - options.batch_discount))


def without_prices(endpoint: Endpoint) -> Endpoint:
    """The endpoint as one whose costs are not known."""
    return _with_prices(endpoint, lambda _: None)


def _with_prices(endpoint: Endpoint, change: Callable[[float], float | None]) -> Endpoint:
    names = [field.name for field in fields(endpoint) if field.name.endswith(_PRICE)]
    changes: dict[str, Any] = {name: change(getattr(endpoint, name)) for name in names if getattr(endpoint, name) is not None}
    return replace(endpoint, **changes)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_EXPECTED: dict[str, tuple[str, Callable[[float], bool]]] = {
    "batch_discount": ("a share from 0 to 1", lambda value: 0 <= value <= 1),
    "enqueued_tokens": ("a number above 0", lambda value: value > 0),
    "batch_requests": ("a whole number from 1 on", lambda value: value >= 1 and value % 1 == 0),
    "absent_lists": ("a whole number from 1 on", lambda value: value >= 1 and value % 1 == 0),
    "absent_minutes": ("a number from 0 on", lambda value: value >= 0),
}
