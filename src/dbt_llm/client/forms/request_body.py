"""What forms make requests of: a task's model parameters, and bodies that differ in nothing but the prompt."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any

from ..errors import ConfigurationError

SHORTEST_BYTES = 4 * 1024
"""Of a text that is worth caching: about 1,024 tokens, below which OpenAI and most models of Anthropic cache nothing."""

Layout = Callable[[str], object]
"""Builds a request body around the text of a prompt."""


class RequestBody:
    """Encodes a prompt into a body whose other parts are encoded already."""

    def __init__(self, whole: Layout, *, prefix: str = "", divided: Layout | None = None) -> None:
        """`whole`: the body around a prompt. `divided`: the one around what follows `prefix`, where that is a part of its own."""
        self._whole = _around_the_prompt(whole)
        self._prefix = prefix
        self._divided = _around_the_prompt(divided) if divided is not None else None

    def encode(self, prompt: str) -> bytes:
        """The body for one prompt, whose characters reach the server exactly."""
        head, tail = self._whole
        if self._divided is not None and prompt.startswith(self._prefix):
            rest = prompt[len(self._prefix) :]
            # Providers refuse a part that is blank.
            if rest and not rest.isspace():
                (head, tail), prompt = self._divided, rest
        try:
            text = encode_basestring(prompt).encode()
        except UnicodeEncodeError:
            # A lone surrogate has no UTF-8, but JSON can escape it.
            text = encode_basestring_ascii(prompt).encode()
        return head + text + tail


def to_json(value: object) -> str:
    """Compact JSON that has a UTF-8 form: what has none, as half an emoji, is escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if _is_utf8(text) else json.dumps(value, separators=(",", ":"))


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _around_the_prompt(layout: Layout) -> tuple[bytes, bytes]:
    # Random, so that no text of the task can be taken for it.
    mark = secrets.token_hex(16)
    head, tail = to_json(layout(mark)).split(f'"{mark}"')
    return head.encode(), tail.encode()


_MOST_TOKENS = ("max_tokens", "max_completion_tokens", "max_output_tokens")
"""The names by which tasks say how long a completion may be."""


def checked(model_parameters: Mapping[str, Any] | None, ours: Iterable[str]) -> dict[str, Any]:
    """A copy. Raises `ConfigurationError` where one of `ours` is in it: those would change what a response means."""
    parameters = dict(model_parameters or {})
    faults = [
        f"model_parameters has '{name}'. Expected parameters of the language model only." for name in ours if name in parameters
    ]
    if faults:
        raise ConfigurationError(faults)
    return parameters


def take_max_tokens(parameters: dict[str, Any]) -> int | None:
    """Remove the most tokens that a completion may have, under whatever name they go by, and return them."""
    found = [value for name in _MOST_TOKENS if (value := parameters.pop(name, None)) is not None]
    return found[0] if found else None


def take_stop(parameters: dict[str, Any]) -> list[str] | None:
    """Remove OpenAI's `stop`, a text or a list of them, and return it as a list."""
    stop = parameters.pop("stop", None)
    return [stop] if isinstance(stop, str) else stop
