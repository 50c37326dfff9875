"""A local server of the providers' APIs for tests and demos, with no language model in it."""

from __future__ import annotations

from .answers import DEMO_FAULTS, Answer, constant, echo, from_schema
from .batches import Batches, BatchFaults
from .chat import ChatRequest, Reply
from .counters import Counters
from .embeddings import hashed_ngrams
from .faults import Faults, Rate
from .rules import rules
from .server import Server

__all__ = [
    "DEMO_FAULTS",
    "Answer",
    "BatchFaults",
    "Batches",
    "ChatRequest",
    "Counters",
    "Faults",
    "Rate",
    "Reply",
    "Server",
    "constant",
    "echo",
    "from_schema",
    "hashed_ngrams",
    "rules",
]
