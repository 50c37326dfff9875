"""The Python companion of the dbt package ``dbt_llm``."""

__version__ = "0.1.0"

__all__ = ["__version__"]
