"""The providers' Batch APIs, local: jobs that a test moves, and faults that it chooses."""

from __future__ import annotations

from .batch_faults import BatchFaults, CallFault, End
from .gateway import Gateway
from .job import Job
from .store import Batches

__all__ = ["BatchFaults", "Batches", "CallFault", "End", "Gateway", "Job"]
