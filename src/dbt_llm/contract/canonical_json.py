"""JSON of which there is only one form, so that it can be hashed."""

import json
from collections.abc import Mapping, Sequence

JsonValue = None | bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]


def canonical_json(value: JsonValue) -> str:
    """Return ``value`` as JSON with sorted keys and without spaces.

    Integral floats are written as integers (``0.0`` and ``0`` are one parameter value), text is left as UTF-8, and
    only what JSON demands is escaped. Keys are sorted by code point.

    Raises:
        TypeError: ``value`` holds something that JSON has no form for.
        ValueError: ``value`` holds NaN, an infinity, or a number so near zero that its text has an exponent, which
            not all engines write alike.
    """
    return json.dumps(_integral(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _integral(value: JsonValue) -> JsonValue:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, float) and "e" in repr(value):
        raise ValueError(f"a number has no one text in all engines. Expected 0, or at least 0.0001 in size; got {value!r}.")
    if isinstance(value, Mapping):
        return {key: _integral(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_integral(item) for item in value]
    return value
