"""Which of an endpoint's entries an engine uses, and its key."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ..client import ConfigurationError
from ..order import Order
from ..warehouses import Warehouse

_LIKE = {"async": ("async", "batch"), "batch": ("batch", "async")}
"""An engine without an entry of its own takes the other's: provider, model name and key are the same."""
_KEY_VARIABLE = "DBT_LLM_API_KEY"


def entry_for(order: Order, engine: str, warehouse: Warehouse) -> Mapping[str, Any]:
    """The entry for `async` or `batch`; for `async` on DuckDB, the adapter's own too, which names an endpoint like it.

    `api_key_secret`, the name of a secret in the platform's own store, is read here, and kept in this process's
    environment under the name in `api_key_env`.
    Raises `ConfigurationError` where there is no entry, none with a model name, or no such secret.
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
    return _with_key(found, warehouse) if "api_key_secret" in found else found


def _with_key(entry: Mapping[str, Any], warehouse: Warehouse) -> Mapping[str, Any]:
    secret = warehouse.secret(str(entry["api_key_secret"]))
    if not secret:
        raise ConfigurationError(
            [
                f"this platform has no secret '{entry['api_key_secret']}'. Expected one of its own store;"
                " got none. Create it and give the model its right, or use api_key_env."
            ]
        )
    variable = str(entry.get("api_key_env") or _KEY_VARIABLE)
    os.environ[variable] = secret
    return {**{key: value for key, value in entry.items() if key != "api_key_secret"}, "api_key_env": variable}
