"""The Python companion of the dbt package ``dbt_llm``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .python_model import enrich

__version__ = "0.1.0"

__all__ = ["__version__", "enrich"]


def __getattr__(name: str) -> Any:
    # The plugin of dbt-duckdb and the command line import this package without the road of Python models.
    if name == "enrich":
        from .python_model import enrich

        return enrich
    raise AttributeError(f"module 'dbt_llm' has no attribute '{name}'")
