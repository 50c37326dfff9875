"""The Ray cluster that a run uses: one that runs, one of this machine, or one that Databricks' Spark cluster carries."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from ..client import ConfigurationError, MissingDependencyError
from ..workers.options import RayOptions

__all__ = ["connected"]

_lock = threading.Lock()
_users: list[tuple[Any, ...]] = []
"""Of this process's connection, which Ray has one of: the cluster that each wants."""
_closing = ExitStack()


@contextmanager
def connected(options: RayOptions, name: str, *, on_spark: bool) -> Iterator[None]:
    """Be connected to the cluster that an entry names, and leave it, or end it, after the last run of this process.

    `name`: the endpoint's. `on_spark`: without an address, have the platform's Spark cluster carry it. A connection that was
    there before is used as it is, and stays. Raises `MissingDependencyError` without Ray, `ConfigurationError` where the
    entry names no cluster, or another than one that is in use.
    """
    global _closing
    if on_spark and options.address is None and options.worker_nodes is None:
        raise ConfigurationError(
            [
                f"endpoint '{name}' names no Ray. Expected worker_nodes, on how many of the Spark cluster's workers Ray is to"
                " run, or the address of a cluster; got neither. Add one."
            ]
        )
    wanted = (options.address, on_spark, options.worker_nodes, options.cpus_per_node, options.gpus_per_node)
    with _lock:
        if not _users:
            with ExitStack() as opened:
                _open(options, opened, on_spark=on_spark)
                _closing = opened.pop_all()
        elif _users[0] != wanted:
            raise ConfigurationError(
                [
                    f"endpoint '{name}' names another Ray cluster than a task that runs now. Expected one at a time."
                    " Run one after the other."
                ]
            )
        _users.append(wanted)
    try:
        yield
    finally:
        with _lock:
            _users.remove(wanted)
            if not _users:
                _closing.close()


def _open(options: RayOptions, opened: ExitStack, *, on_spark: bool) -> None:
    # Nobody is told that this package uses it.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray  # type: ignore[import-not-found, unused-ignore]
        import ray.data  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise MissingDependencyError(
            f"dbt_llm.enrich: the engine 'ray' needs Ray Data ({error.name}). Expected it beside dbt and in the"
            " workers; got none. Install dbt-llm[ray]."
        ) from None
    if ray.is_initialized():
        return
    # What workers print may be anything, and would be written between dbt's lines.
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if options.address is not None:
        ray.init(address=options.address, **quiet)
    elif on_spark:
        from ray.util import spark  # type: ignore[import-not-found, unused-ignore]

        assert options.worker_nodes is not None, "looked at before"
        asked = {"num_cpus_worker_node": options.cpus_per_node, "num_gpus_worker_node": options.gpus_per_node}
        address, _ = spark.setup_ray_cluster(
            max_worker_nodes=int(options.worker_nodes),
            **{key: int(value) for key, value in asked.items() if value is not None},
        )
        # Whatever happens next, or it would hold the Spark cluster for ever.
        opened.callback(spark.shutdown_ray_cluster)
        ray.init(address=address, **quiet)
    else:
        ray.init(address="local", include_dashboard=False, **quiet)
    opened.callback(ray.shutdown)
