"""Answers by the workers of a Spark cluster: `complete` for a notebook, and the parts of `engine: spark`."""

from .notebook import complete

__all__ = ["complete"]
