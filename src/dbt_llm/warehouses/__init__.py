"""Where a dbt Python model runs, a module for each platform. What is the same on all of them is not here."""

from .warehouse import Warehouse

__all__ = ["Warehouse"]
