"""Anthropic's prompt cache, on its own API and on Bedrock: what is marked is kept, for a fee that reading pays back.

https://platform.claude.com/docs/en/build-with-claude/prompt-caching (2026-11-25): a write costs 1.25 times the input
price for five minutes and twice it for an hour, a read a tenth. The time begins anew with each read. What is shorter
than the model's least (512 to 4,096 tokens) is not kept and costs nothing more.
"""

from __future__ import annotations

from ..endpoint import Endpoint
from .openai_cache import SHORTEST_BYTES


def time_to_live(endpoint: Endpoint, constant_text: str, *, has_cache: bool = True) -> str | None:
    """How long a task's constant text is to be kept, `5m` or `1h`; None: not at all.

    Without a wish, five minutes for what is long enough to be kept by most models, if the model `has_cache`.
    """
    wish = endpoint.prompt_cache
    if wish == "off" or not constant_text.strip():
        return None
    if wish is not None:
        return wish
    is_long = len(constant_text.encode("utf-8", "surrogatepass")) >= SHORTEST_BYTES
    return "5m" if is_long and has_cache else None
