"""Which of an endpoint's entries an engine uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..client import ConfigurationError
from ..order import Order

_LIKE = {"async": ("async", "batch"), "batch": ("batch", "async")}
"""An engine without an entry of its own takes the other's: provider, model name and key are the same."""


def entry_for(order: Order, engine: str) -> Mapping[str, Any]:
    """The entry for `async` or `batch`; for `async` on DuckDB, the adapter's own too, which names an endpoint like it.

    Raises `ConfigurationError` where there is none, or none with a model name.
    """
    places = [*_LIKE[engine], *(["duckdb"] if engine == "async" else [])]
    found = next((order.entries[place] for place in places if place in order.entries), None)
    name = order.llm.get("endpoint")
    if found is None:
        raise ConfigurationError(
            [f"the endpoint '{name}' has no entry for the engine '{engine}'. Expected '{engine}' below it; got none. Add it."]
        )
    if not isinstance(found.get("model_name"), str):
        raise ConfigurationError(
            [f"the endpoint '{name}' has no model_name for the engine '{engine}'. Expected the provider's id of a model. Add it."]
        )
    return found
