"""Where a dbt Python model runs, a module for each platform. What is the same on all of them is not here."""

from __future__ import annotations

import os
from typing import Any

from ..client import ConfigurationError
from .warehouse import Warehouse

__all__ = ["Warehouse", "of"]


def of(session: Any) -> Warehouse:
    """The platform whose session this is. Raises `ConfigurationError` where it is none that is known."""
    module = type(session).__module__.split(".")
    if "duckdb" in module or "_duckdb" in module:
        from .duckdb import DuckDbWarehouse

        return DuckDbWarehouse(session)
    if module[0] == "pyspark":
        if _is_dataproc(session):
            from .bigquery import DataprocWarehouse

            return DataprocWarehouse(session)
        from .spark import SparkWarehouse

        return SparkWarehouse(session)
    if module[:2] == ["snowflake", "snowpark"]:
        from .snowpark import SnowparkWarehouse

        return SnowparkWarehouse(session)
    if module[0] == "bigframes":
        from .bigquery import BigQueryWarehouse

        return BigQueryWarehouse(session)
    raise ConfigurationError(
        [
            "the session is of no platform that dbt_llm knows. Expected DuckDB, Spark, Snowpark or BigQuery DataFrames;"
            f" got '{type(session).__module__}.{type(session).__name__}'."
        ]
    )


def _is_dataproc(session: Any) -> bool:
    # Asked first: on serverless compute it is an error to ask for a setting that is not there.
    if "DATABRICKS_RUNTIME_VERSION" in os.environ:
        return False
    # dbt-bigquery sets this before the model runs, for its connector.
    return session.conf.get("viewsEnabled", None) is not None
