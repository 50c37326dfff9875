"""What models put around their one JSON object: the same as the macro `_wrapped_object` reads, by the cases of tests/contract."""

from __future__ import annotations

import re

__all__ = ["unwrapped"]

_WRAPPED = re.compile(
    r"[\s\ufeff]*(?:<think>.*</think>)?\s*(?:```[A-Za-z0-9]*\s*(\{.*\})\s*```|(\{.*\}))\s*", re.DOTALL | re.ASCII
)


def unwrapped(completion: str) -> str:
    """The JSON object without a byte order mark, a leading think block and a code fence around; other text as it is."""
    found = None if completion.startswith("{") else _WRAPPED.fullmatch(completion)
    return completion if found is None else found[1] or found[2]
