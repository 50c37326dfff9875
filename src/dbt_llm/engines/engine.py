"""What the road of a Python model asks of an engine, and what its engines share: which of an endpoint's entries they use."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Protocol

from ..client import ConfigurationError
from ..client.endpoint import read_key_from
from ..macros import EngineAnswers
from ..order import Order
from ..warehouses import Warehouse
from .batch.batch_run import BatchOptions

__all__ = ["FLEX_DISCOUNT", "Engine", "entry_for", "live_part", "workers_entry"]


class Engine(Protocol):
    """A way to answer a task's pending requests. It stands for the target's own."""

    entry: Mapping[str, Any]
    """The endpoint's entry that it uses, with `model_name`."""

    def answers(self) -> EngineAnswers:
        """Its answers to what the road asks."""


_LIKE = {"async": ("async", "batch"), "batch": ("batch", "async")}
"""An engine without an entry of its own takes the other's: provider, model name and key are the same."""
FLEX_DISCOUNT = "flex_discount"
"""The share of the live price that the provider takes off in its flex tier: `engine: auto` may take it then."""
_BATCH_KEYS = ("role_arn", "s3_uri", "kms_key_id", "timeout_hours")
"""Keys that only a provider's Batch API reads, beside those of `BatchOptions`."""
_NUMBERS = frozenset(
    {
        *("max_in_flight", "requests_per_minute", "tokens_per_minute", "timeout_s", "inputs_per_call"),
        *(f"{kind}_usd_per_million_tokens" for kind in ("input", "output", "cached_input", "cache_write")),
        *("batch_discount", FLEX_DISCOUNT, "enqueued_tokens", "batch_requests"),
        *("absent_lists", "absent_minutes", "timeout_hours"),
    }
)
_WORKERS_NUMBERS = _NUMBERS | {
    *("batch_rows", "batch_tokens", "tokens_per_second", "usd_per_hour", "replicas", "tasks_at_once", "gpus_per_task"),
    *("gpus_per_replica", "cpus_per_replica", "worker_nodes", "cpus_per_node", "gpus_per_node"),
}


def entry_for(order: Order, engine: str, warehouse: Warehouse) -> Mapping[str, Any]:
    """The entry for `async` or `batch`; for `async` on DuckDB, the adapter's own too, which names an endpoint like it.

    `api_key_secret`, the name of a secret in the platform's own store, is read there whenever the key is needed.
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
    entry = {key: _number(value) if key in _NUMBERS else value for key, value in found.items()}
    return _with_key(entry, warehouse) if "api_key_secret" in entry else entry


def workers_entry(order: Order, engine: str) -> Mapping[str, Any]:
    """The entry for an engine on a cluster. Raises `ConfigurationError` where there is none, or its key is in a store."""
    name = order.llm.get("endpoint")
    found = order.entries.get(engine)
    if found is None:
        raise ConfigurationError(
            [f"the endpoint '{name}' has no entry for the engine '{engine}'. Expected '{engine}' below it. Add it."]
        )
    if "api_key_secret" in found:
        raise ConfigurationError(
            [
                f"the endpoint '{name}' has an api_key_secret for the engine '{engine}'. Expected api_key_env: it is read in"
                " the workers, which have no store of secrets. Give the cluster a variable that holds the secret."
            ]
        )
    return {key: _number(value) if key in _WORKERS_NUMBERS else value for key, value in found.items()}


def live_part(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entry without the keys that only a Batch API reads: what an `Endpoint` is made of."""
    _, rest = BatchOptions.split_entry("", entry)
    return {key: value for key, value in rest.items() if key not in (*_BATCH_KEYS, FLEX_DISCOUNT)}


def _number(value: Any) -> Any:
    """A number that came from the environment as text; what is none is left for the check of the entry to name."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _with_key(entry: Mapping[str, Any], warehouse: Warehouse) -> Mapping[str, Any]:
    name = str(entry["api_key_secret"])
    if not warehouse.secret(name):
        raise ConfigurationError(
            [
                f"this platform has no secret '{name}'. Expected one of its own store;"
                " got none. Create it and give the model its right, or use api_key_env."
            ]
        )
    # A name of its own, so that two secrets of one task are two; its form is a variable's, which is what an endpoint takes.
    letters = "".join(chr(ord("A") + byte % 26) for byte in hashlib.sha256(name.encode()).digest()[:12])
    source = f"DBT_LLM_SECRET_{letters}"
    read_key_from(source, lambda: warehouse.secret(name))
    return {**{key: value for key, value in entry.items() if key != "api_key_secret"}, "api_key_env": source}
