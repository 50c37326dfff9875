"""The wire form of a provider: how a prompt becomes a request body, and a response an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ..outcomes import Outcome


class Form(Protocol):
    """What differs between providers' APIs. One form is made per run, and shared by the async and batch engines."""

    constant_bytes: int
    """UTF-8 bytes of the text that every request carries besides its prompt."""
    cached_bytes: int
    """UTF-8 bytes at the beginning of every request that the provider is asked to keep; 0: it is asked for nothing.

    Where it is not 0, the first call should be let end before others begin: each of them would be billed as a write.
    """
    max_output_tokens: int | None
    """The most tokens that a completion may have, where the model parameters say so."""
    warning: str | None
    """What is done less well than asked, as one or more sentences to be shown once per run."""
    url: str
    """Where one request is posted, encoded."""

    def headers(self, api_key: str | None, body: bytes) -> Mapping[str, str]:
        """The headers of a call, the key's among them."""

    def encode(self, prompt: str) -> bytes:
        """The request body for one prompt, as JSON; the same that a line of a batch's input file holds."""

    def interpret(self, status: int, body: Any) -> Outcome:
        """What a response means. `body`: parsed JSON, or None where it was none. Never raises."""
