"""A Pydantic class as the response format of a task, and whether a response format says what a class says."""

from .differences import Difference, differences
from .from_pydantic import response_format_of

__all__ = ["Difference", "differences", "response_format_of"]
