"""An endpoint's entry for the workers of a cluster: which model they hold, how much it is given at once, and where they stage."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from ..client import ConfigurationError, Endpoint

__all__ = ["KINDS", "WorkerOptions"]

KINDS = ("api", "server", "callable", "transformers", "vllm")
"""What a worker calls: a hosted API; a server of its own beside it; a class of the user; a model in the worker itself."""
_OVER_HTTP = ("api", "server")
_PRICE = "_usd_per_million_tokens"


@dataclass(frozen=True, kw_only=True)
class WorkerOptions:
    """The keys of an entry that an `Endpoint` does not have.

    `stage`: a folder or URL that driver and workers see. `callable`: `module:Class`, of a `Model`. `model_path`: where the
    weights are; `model_name` if not given. `arguments`: for what loads the model. `batch_rows`, `batch_tokens`: the most
    of one batch, with a token for four bytes of prompt. `tasks_at_once`: how many tasks of the cluster run at once.
    `gpus_per_task`: of a resource profile. `master`, `conf`: the Spark session, where the platform has none of its own.
    `tokens_per_second`, `usd_per_hour`: of each of so many `replicas` of the model, as the macro `plan` reckons with them.
    """

    kind: str
    stage: str
    callable: str | None = None
    model_path: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    batch_rows: int = 64
    batch_tokens: int = 65_536
    tasks_at_once: int | None = None
    gpus_per_task: float | None = None
    master: str | None = None
    conf: Mapping[str, Any] = field(default_factory=dict)
    tokens_per_second: float | None = None
    usd_per_hour: float | None = None
    replicas: int = 1

    @classmethod
    def split_entry(cls, name: str, entry: Mapping[str, Any]) -> tuple[WorkerOptions, Endpoint]:
        """The entry's two parts; a null counts as absent. Raises `ConfigurationError` with every fault of either."""
        known = [item.name for item in fields(cls)]
        given = {key: value for key, value in entry.items() if key in known and value is not None}
        rest = {key: value for key, value in entry.items() if key not in known and value is not None}
        if "kind" not in given and ("base_url" in rest or "provider" in rest):
            given["kind"] = "api"
        faults = [
            f"endpoint '{name}' has a wrong {key}. Expected {expected}; got '{given.get(key)}'."
            for key, (expected, fits) in _EXPECTED.items()
            if (key in given or key in _NEEDED) and not fits(given.get(key))
        ]
        kind = given.get("kind")
        if ("callable" in given) != (kind == "callable"):
            faults.append(f"endpoint '{name}' has kind '{kind}'. Expected the key callable with kind callable, and only there.")
        try:
            if kind not in _OVER_HTTP:
                rest = _priced(name, rest)
            endpoint = Endpoint.from_options(name, rest)
        except ConfigurationError as error:
            faults += error.faults
        if faults:
            raise ConfigurationError(faults)
        return cls(**given), endpoint

    @property
    def is_over_http(self) -> bool:
        """Whether its model is called by the client."""
        return self.kind in _OVER_HTTP


def _priced(name: str, rest: Mapping[str, Any]) -> dict[str, Any]:
    """What an endpoint is made of, for a model in the workers: a name and prices, as limits are kept by them."""
    strange = [key for key in rest if key != "model_name" and not key.endswith(_PRICE)]
    if strange:
        raise ConfigurationError(
            [
                f"endpoint '{name}' has {', '.join(strange)}. Expected none beside a model in the workers:"
                " they are for kind 'api' or 'server'."
            ]
        )
    # It has no address, and none is ever called.
    return {**rest, "base_url": "http://localhost"}


def _is_whole(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 1 and value % 1 == 0


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


_NEEDED = [item.name for item in fields(WorkerOptions) if item.default is MISSING and item.default_factory is MISSING]
_EXPECTED: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "kind": (f"one of {', '.join(KINDS)}", lambda value: value in KINDS),
    "stage": ("a folder, or a URL of one, that the driver and all workers see", _is_text),
    "callable": (
        "the import path of a class, as 'my_package.my_module:MyModel'",
        lambda value: isinstance(value, str) and bool(re.fullmatch(r"[\w.]+:\w+", value)),
    ),
    "model_path": ("a path or a name that the model's library can load", _is_text),
    "arguments": ("a mapping", lambda value: isinstance(value, Mapping)),
    "batch_rows": ("a whole number from 1 on", _is_whole),
    "batch_tokens": ("a whole number from 1 on", _is_whole),
    "tasks_at_once": ("a whole number from 1 on", _is_whole),
    "gpus_per_task": ("a number above 0", lambda value: isinstance(value, int | float) and value > 0),
    "tokens_per_second": ("a number above 0", lambda value: isinstance(value, int | float) and value > 0),
    "usd_per_hour": ("a number from 0 on", lambda value: isinstance(value, int | float) and value >= 0),
    "replicas": ("a whole number from 1 on", _is_whole),
    "master": ("a Spark master such as 'local[4]', or 'sc://host' of Spark Connect", _is_text),
    "conf": ("a mapping of Spark's settings", lambda value: isinstance(value, Mapping)),
}
