"""Answers by the actors of a Ray cluster: `complete` for a notebook, and the parts of `engine: ray`."""

from .notebook import complete

__all__ = ["complete"]
