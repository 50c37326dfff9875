"""The Spark session that a run uses: the platform's own, or one that the endpoint's entry names."""

from __future__ import annotations

import os
import sys
from typing import Any

from ..client import ConfigurationError, Endpoint, MissingDependencyError
from ..workers.options import SparkOptions

__all__ = ["session_of", "tasks_at_once"]

_ON_THIS_MACHINE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false"}
"""Of a local session, to which nobody else has to come."""


def session_of(options: SparkOptions, name: str) -> Any:
    """The session that an entry names; made where there is none. `name`: the endpoint's.

    Raises `MissingDependencyError` without PySpark, `ConfigurationError` where none is named.
    """
    try:
        from pyspark.sql import SparkSession  # type: ignore[import-not-found, unused-ignore]
    except ImportError as error:
        raise MissingDependencyError(
            f"dbt_llm.enrich: the engine 'spark' needs PySpark ({error.name}). Expected it beside dbt; got none."
            " Install dbt-llm[spark]."
        ) from None
    if options.master is None:
        raise ConfigurationError(
            [f"endpoint '{name}' names no Spark. Expected master, as 'local[4]' or 'sc://host:15002'; got none. Add it."]
        )
    # Its bar would be written into dbt's lines.
    settings = {"spark.ui.showConsoleProgress": "false"}
    if options.master.startswith("local"):
        # Else it takes the first python3 of the path, which need not have the companion.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings |= _ON_THIS_MACHINE
    builder = SparkSession.builder.appName("dbt_llm")
    for key, value in {**settings, **options.conf}.items():
        builder = builder.config(key, value)
    is_remote = options.master.startswith("sc://")
    return (builder.remote if is_remote else builder.master)(options.master).getOrCreate()


def tasks_at_once(options: SparkOptions, session: Any, endpoint: Endpoint) -> int:
    """How many tasks ask at once. Raises `ConfigurationError` where neither entry nor session says how many the cluster runs."""
    tasks = _tasks_of_cluster(options, session, endpoint.name)
    # No more than share the rates: so their sum holds, whatever the cluster grows to.
    return max(1, min(tasks, endpoint.max_in_flight)) if options.kind == "api" else tasks


def _tasks_of_cluster(options: SparkOptions, session: Any, name: str) -> int:
    if options.tasks_at_once is not None:
        return int(options.tasks_at_once)
    try:
        return int(session.sparkContext.defaultParallelism)
    except Exception:
        # Spark Connect has no context, and a shared cluster allows none; each says so in an error of its own.
        raise ConfigurationError(
            [
                f"endpoint '{name}' does not say how many tasks run at once, and this Spark session cannot be asked."
                " Expected tasks_at_once: the cores of all its workers, or its GPUs. Add it."
            ]
        ) from None
