"""The Python companion of the dbt package ``dbt_llm``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .filter_model import train_filter
    from .python_model import enrich

__version__ = "0.1.0"

__all__ = ["__version__", "enrich", "train_filter"]


def __getattr__(name: str) -> Any:
    # The plugin of dbt-duckdb and the command line import this package without the road of Python models.
    if name == "enrich":
        from .python_model import enrich

        return enrich
    if name == "train_filter":
        from .filter_model import train_filter

        return train_filter
    raise AttributeError(f"module 'dbt_llm' has no attribute '{name}'")
