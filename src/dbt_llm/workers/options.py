"""An endpoint's entry for the workers of a cluster: which model they hold, how much it is given at once, and where they stage."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from ..client import ConfigurationError, Endpoint

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["KINDS", "RayOptions", "SparkOptions", "WorkerOptions"]

KINDS = ("api", "server", "callable", "transformers", "vllm")
"""What a worker calls: a hosted API; a server of its own beside it; a class of the user; a model in the worker itself."""
_OVER_HTTP = ("api", "server")
_OF_VECTORS = (*_OVER_HTTP, "callable")
_PRICE = "_usd_per_million_tokens"


@dataclass(frozen=True, kw_only=True)
class WorkerOptions:
    """The keys of an entry that an `Endpoint` does not have, and that are the same for every cluster.

    `stage`: a folder or URL that driver and workers see. `callable`: `module:Class`, of a `Model`. `model_path`: where the
    weights are; `model_name` if not given. `arguments`: for what loads the model. `batch_rows`, `batch_tokens`: the most
    of one batch, with a token for four bytes of prompt. `tokens_per_second`, `usd_per_hour`: of each of so many `replicas` of
    the model, as the macro `plan` reckons with them.
    """

    kind: str
    stage: str
    callable: str | None = None
    model_path: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    batch_rows: int = 64
    batch_tokens: int = 65_536
    tokens_per_second: float | None = None
    usd_per_hour: float | None = None
    replicas: int = 1

    @classmethod
    def split_entry(cls, name: str, entry: Mapping[str, Any]) -> tuple[Self, Endpoint]:
        """The entry's two parts; a null counts as absent. Raises `ConfigurationError` with every fault of either."""
        known = [item.name for item in fields(cls)]
        needed = [item.name for item in fields(cls) if item.default is MISSING and item.default_factory is MISSING]
        given = {key: value for key, value in entry.items() if key in known and value is not None}
        rest = {key: value for key, value in entry.items() if key not in known and value is not None}
        if "kind" not in given and ("base_url" in rest or "provider" in rest):
            given["kind"] = "api"
        faults = [
            f"endpoint '{name}' has a wrong {key}. Expected {expected}; got '{given.get(key)}'."
            for key, (expected, fits) in _EXPECTED.items()
            if (key in given or key in needed) and not fits(given.get(key))
        ]
        kind = given.get("kind")
        if ("callable" in given) != (kind == "callable"):
            faults.append(f"endpoint '{name}' has kind '{kind}'. Expected the key callable with kind callable, and only there.")
        try:
            if kind not in _OVER_HTTP:
                rest = _priced(name, rest)
            endpoint = Endpoint.from_options(name, rest, besides=known)
        except ConfigurationError as error:
            faults += error.faults
        if faults:
            raise ConfigurationError(faults)
        return cls(**given), endpoint

    def faults_of_vectors(self, name: str) -> list[str]:
        """Why it makes no embeddings, if it makes none. `name`: the endpoint's."""
        if self.kind in _OF_VECTORS:
            return []
        return [
            f"endpoint '{name}' makes no embeddings with kind '{self.kind}'. Expected one of {', '.join(_OF_VECTORS)};"
            f" got '{self.kind}'. A class of your own may load any model."
        ]

    @property
    def is_over_http(self) -> bool:
        """Whether its model is called by the client."""
        return self.kind in _OVER_HTTP


@dataclass(frozen=True, kw_only=True)
class SparkOptions(WorkerOptions):
    """Of an entry `spark`.

    `tasks_at_once`: how many tasks of the cluster run at once. `gpus_per_task`: of a resource profile. `master`, `conf`: the
    Spark session, where the platform has none of its own.
    """

    tasks_at_once: int | None = None
    gpus_per_task: float | None = None
    master: str | None = None
    conf: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RayOptions(WorkerOptions):
    """Of an entry `ray`, whose `replicas` are as many actors.

    `address`: of a cluster that runs; without it one is started, on this machine, or on Databricks on `worker_nodes` of the
    Spark cluster, with `cpus_per_node` and `gpus_per_node`. `gpus_per_replica`, `cpus_per_replica`: what each actor is given.
    `accelerator_type`: as Ray names it. `runtime`: the runtime environment of the workers.
    """

    address: str | None = None
    gpus_per_replica: float | None = None
    cpus_per_replica: float = 1
    accelerator_type: str | None = None
    runtime: Mapping[str, Any] = field(default_factory=dict)
    worker_nodes: int | None = None
    cpus_per_node: int | None = None
    gpus_per_node: int | None = None


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


def _is_above_0(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_from_0(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


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
    "tokens_per_second": ("a number above 0", _is_above_0),
    "usd_per_hour": ("a number from 0 on", _is_from_0),
    "replicas": ("a whole number from 1 on", _is_whole),
    "tasks_at_once": ("a whole number from 1 on", _is_whole),
    "gpus_per_task": ("a number above 0", _is_above_0),
    "master": ("a Spark master such as 'local[4]', or 'sc://host' of Spark Connect", _is_text),
    "conf": ("a mapping of Spark's settings", lambda value: isinstance(value, Mapping)),
    "address": ("the address of a Ray cluster, as 'auto', 'local', 'host:6379' or 'ray://host:10001'", _is_text),
    "gpus_per_replica": ("a number from 0 on", _is_from_0),
    "cpus_per_replica": ("a number above 0", _is_above_0),
    "accelerator_type": ("one of Ray's names, such as 'A10G'", _is_text),
    "runtime": ("a mapping, as ray.init takes it for runtime_env", lambda value: isinstance(value, Mapping)),
    "worker_nodes": ("a whole number from 1 on", _is_whole),
    "cpus_per_node": ("a whole number from 1 on", _is_whole),
    "gpus_per_node": ("a whole number from 0 on", lambda value: value == 0 or _is_whole(value)),
}
