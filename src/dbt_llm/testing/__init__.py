"""A local OpenAI-compatible server for tests and demos, with no language model in it."""

from __future__ import annotations

from .answers import Answer, constant, echo, from_schema
from .chat import ChatRequest, Reply
from .counters import Counters
from .faults import Faults, Rate
from .presets import DEMO_FAULTS
from .rules import rules
from .server import Server

__all__ = [
    "DEMO_FAULTS",
    "Answer",
    "ChatRequest",
    "Counters",
    "Faults",
    "Rate",
    "Reply",
    "Server",
    "constant",
    "echo",
    "from_schema",
    "rules",
]
