"""Where requests go: an endpoint as a project declares it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from .errors import ConfigurationError, FatalEndpointError

StructuredOutput = Literal["schema", "json", "ask"]

_LEVELS: tuple[str, ...] = get_args(StructuredOutput)
_REQUIRED = ("model_name", "base_url")
_RATES = ("requests_per_minute", "tokens_per_minute")
_PRICES = ("input_usd_per_million_tokens", "output_usd_per_million_tokens")


@dataclass(frozen=True)
class Endpoint:
    """One entry of the var `dbt_llm_endpoints`, checked.

    `base_url` ends where `/chat/completions` begins. `api_key_env` names the environment variable
    that holds the key; without it no key is sent. Prices are USD per million tokens.
    """

    name: str
    model_name: str
    base_url: str
    api_key_env: str | None = None
    max_in_flight: int = 64
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    timeout_s: float = 120.0
    structured_output: StructuredOutput = "schema"
    input_usd_per_million_tokens: float | None = None
    output_usd_per_million_tokens: float | None = None

    @classmethod
    def from_options(cls, name: str, options: Mapping[str, Any]) -> Endpoint:
        """Check an entry; a null counts as absent.

        Raises `ConfigurationError` with every fault that it has.
        """
        given = {key: value for key, value in options.items() if value is not None}
        faults = _faults(name, given)
        if faults:
            raise ConfigurationError(faults)
        given["base_url"] = given["base_url"].rstrip("/")
        return cls(name=name, **given)

    def api_key(self) -> str | None:
        """The key, or None where the endpoint needs none.

        Raises `FatalEndpointError` where the variable that should hold it is not set.
        """
        if self.api_key_env is None:
            return None
        key = os.environ.get(self.api_key_env, "").strip()
        if not key:
            raise FatalEndpointError(
                f"endpoint '{self.name}' has no key",
                f"Expected it in the environment variable '{self.api_key_env}', which is not set. Set it and run again",
            )
        return key

    @property
    def is_priced(self) -> bool:
        """Whether a cost can be worked out."""
        return self.input_usd_per_million_tokens is not None

    def cost_usd(self, input_tokens: float | None, output_tokens: float | None) -> float | None:
        """What so many tokens cost, in USD; None without prices or counts."""
        if (
            input_tokens is None
            or output_tokens is None
            or self.input_usd_per_million_tokens is None
            or self.output_usd_per_million_tokens is None
        ):
            return None
        return (input_tokens * self.input_usd_per_million_tokens + output_tokens * self.output_usd_per_million_tokens) / 1e6


def _faults(name: str, given: Mapping[str, Any]) -> list[str]:
    known = {field.name for field in fields(Endpoint)} - {"name"}
    faults = [_fault(name, key, f"one of {', '.join(sorted(known))}", key) for key in given if key not in known]
    for key in _REQUIRED:
        if not (isinstance(given.get(key), str) and given[key].strip()):
            faults.append(_fault(name, key, "a text", given.get(key)))
    base_url = given.get("base_url")
    if isinstance(base_url, str) and not _is_url(base_url):
        expected = "a URL such as 'http://localhost:11434/v1'"
        faults.append(_fault(name, "base_url", expected, base_url))
    if not _VARIABLE.fullmatch(str(given.get("api_key_env", "A"))):
        # Not shown: it may be the key itself.
        faults.append(_fault(name, "api_key_env", "the name of an environment variable", "***"))
    if given.get("structured_output", "schema") not in _LEVELS:
        expected = f"one of {', '.join(_LEVELS)}"
        faults.append(_fault(name, "structured_output", expected, given["structured_output"]))
    max_in_flight = given.get("max_in_flight", 1)
    if not (_is_number(max_in_flight) and max_in_flight >= 1 and max_in_flight % 1 == 0):
        faults.append(_fault(name, "max_in_flight", "a whole number from 1 on", max_in_flight))
    for key in (*_RATES, "timeout_s"):
        if not (_is_number(given.get(key, 1)) and given.get(key, 1) > 0):
            faults.append(_fault(name, key, "a number above 0", given[key]))
    for key in _PRICES:
        if not (_is_number(given.get(key, 0)) and given.get(key, 0) >= 0):
            faults.append(_fault(name, key, "a number from 0 on", given[key]))
    if len([key for key in _PRICES if key in given]) == 1:
        faults.append(f"endpoint '{name}' has one price. Expected both {' and '.join(_PRICES)}, or neither.")
    return faults


def _fault(name: str, key: str, expected: str, got: object) -> str:
    return f"endpoint '{name}' has a wrong {key}. Expected {expected}; got '{got}'."


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _is_url(text: str) -> bool:
    try:
        url = urlsplit(text)
    except ValueError:
        return False
    return (
        url.scheme in ("http", "https") and bool(url.netloc) and not (url.query or url.fragment or url.username or url.password)
    )
