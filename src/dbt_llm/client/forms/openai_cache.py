"""OpenAI's prompt cache: automatic up to gpt-5.5, and from gpt-5.6 on with writes that are billed.

https://developers.openai.com/api/docs/guides/prompt-caching (2026-11-25): from gpt-5.6 on a write costs 1.25 times the
input price, and by default the end of each prompt is written. A task's prompts differ at their ends, so all of these
writes would be wasted: what is constant is marked instead, and nothing else is written.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import urlsplit

from ..endpoint import Endpoint

SHORTEST_BYTES = 4 * 1024
"""Of a text that is worth caching: about 1,024 tokens, below which OpenAI and most models of Anthropic cache nothing."""

_VERSION = re.compile(r"gpt-(\d+)(?:\.(\d+))?")


class OpenAICache:
    """What one task asks of the cache."""

    def __init__(self, endpoint: Endpoint, constant_text: str) -> None:
        """`constant_text`: what all prompts of the task begin with, the system message included."""
        wish = endpoint.prompt_cache
        is_long = len(constant_text.encode("utf-8", "surrogatepass")) >= SHORTEST_BYTES
        if _is_openai(endpoint):
            has_marks = _bills_writes(endpoint.model_name)
        else:
            # The name of a deployment, or of a model behind a router, says nothing: there the wish decides.
            has_marks = endpoint.provider in ("openai", "azure") and wish is not None
        self.is_marked = has_marks and (wish == "30m" or (wish is None and is_long))
        self._model_name = endpoint.model_name
        self._constant_text = constant_text
        self._has_marks = has_marks
        takes_key = _is_openai(endpoint) or endpoint.provider in ("azure", "mistral")
        self._has_key = takes_key and is_long and wish != "off"

    def parameters(self) -> dict[str, Any]:
        """Request parameters that a task may overrule."""
        parameters: dict[str, Any] = {}
        if self._has_key:
            # Requests with one key are led to where their beginning is cached.
            words = f"{self._model_name}\n{self._constant_text}".encode("utf-8", "surrogatepass")
            parameters["prompt_cache_key"] = hashlib.sha256(words).hexdigest()[:32]
        if self._has_marks:
            parameters["prompt_cache_options"] = {"mode": "explicit"}
        return parameters

    def breakpoint(self) -> dict[str, Any]:
        """What marks the part at whose end the cached text ends."""
        return {"prompt_cache_breakpoint": {"mode": "explicit"}}


def _is_openai(endpoint: Endpoint) -> bool:
    return endpoint.provider == "openai" and urlsplit(endpoint.base_url).hostname == "api.openai.com"


def _bills_writes(model_name: str) -> bool:
    found = _VERSION.match(model_name)
    return found is not None and (int(found[1]), int(found[2] or 0)) >= (5, 6)
