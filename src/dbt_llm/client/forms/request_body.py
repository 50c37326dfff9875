"""Request bodies that differ in nothing but the prompt, which is all that is encoded per call."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from json.encoder import encode_basestring, encode_basestring_ascii

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
