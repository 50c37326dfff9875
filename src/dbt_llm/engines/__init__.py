"""The ways to answer a task's pending requests from a dbt Python model, a module or package for each engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..client import ConfigurationError
from ..order import Order
from ..warehouses import Warehouse
from .engine import Engine

__all__ = ["Engine", "choose"]


def choose(llm: Mapping[str, Any], order: Order, warehouse: Warehouse) -> Engine:
    """The engine that a task names. Raises `ConfigurationError` where its endpoint has no entry for it."""
    name = llm.get("engine")
    if name == "async":
        from .live import LiveEngine

        return LiveEngine(order, warehouse)
    if name == "batch":
        from .batched import BatchEngine

        return BatchEngine(order, warehouse)
    if name == "auto":
        from .auto import AutoEngine

        return AutoEngine(order, warehouse)
    if name == "spark":
        from .spark import SparkEngine

        return SparkEngine(order, warehouse)
    if name == "ray":
        from .ray import RayEngine

        return RayEngine(order, warehouse)
    raise ConfigurationError([f"the engine '{name}' is not known. Expected 'async', 'batch', 'auto', 'spark' or 'ray'."])
