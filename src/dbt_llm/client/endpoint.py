"""Where requests go: an endpoint as a project declares it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from .errors import ConfigurationError, FatalEndpointError

__all__ = ["Api", "Endpoint", "Provider", "Setting", "StructuredOutput", "read_key_from"]

StructuredOutput = Literal["schema", "json", "ask"]
Provider = Literal["openai", "azure", "anthropic", "gemini", "bedrock", "mistral"]
Api = Literal["chat", "responses"]

_LEVELS: tuple[str, ...] = get_args(StructuredOutput)
_PROVIDERS: tuple[str, ...] = get_args(Provider)
_APIS: tuple[str, ...] = get_args(Api)
_RATES = ("requests_per_minute", "tokens_per_minute")
_PRICES = ("input_usd_per_million_tokens", "output_usd_per_million_tokens")
_CACHE_PRICES = ("cached_input_usd_per_million_tokens", "cache_write_usd_per_million_tokens")
_SETTINGS = ("headers", "query")
_OUR_HEADERS = (
    "accept-encoding",
    "api-key",
    "authorization",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "x-api-key",
    "x-goog-api-key",
)
_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")

_BASE_URLS: Mapping[str, str] = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com/v1",
    "gemini": "https://generativelanguage.googleapis.com/v1beta",
    "mistral": "https://api.mistral.ai/v1",
}
_PROMPT_CACHES: Mapping[str, tuple[str, ...]] = {
    "openai": ("off", "30m"),
    "azure": ("off", "30m"),
    "anthropic": ("off", "5m", "1h"),
    "bedrock": ("off", "5m", "1h"),
    "mistral": ("off",),
    "gemini": (),
}
"""What each provider can be told of its prompt cache."""


@dataclass(frozen=True)
class Setting:
    """A header or a query parameter: its text, or the environment variable that holds it."""

    name: str
    text: str = ""
    variable: str | None = None

    @classmethod
    def of(cls, name: str, value: str | Mapping[str, str]) -> Setting:
        """From an entry: a text, or `{env: VARIABLE}`."""
        return cls(name, value) if isinstance(value, str) else cls(name, variable=value["env"])


_sources: dict[str, Callable[[], str | None]] = {}


def read_key_from(source_name: str, source: Callable[[], str | None]) -> None:
    """Have `api_key_env: source_name` mean a platform's store of secrets, which is asked anew each time."""
    _sources[source_name] = source


@dataclass(frozen=True)
class Endpoint:
    """One entry of the var `dbt_llm_endpoints`, checked.

    `base_url` ends where `/chat/completions`, `/messages` or `/models` begins. `api_key_env` names the environment
    variable that holds the key; without it no key is sent, and requests to Bedrock are signed. `region`: Bedrock's.
    `prompt_cache`: None leaves it to the form. `service_tier`: the provider's name of a slower or dearer lane for the same
    answers, so no part of the request key. Prices are USD per million tokens. `headers` and `query` are sent with each
    call; `client_cert` and `client_key` are PEM files. `inputs_per_call`: how many texts one call for embeddings has at most.
    """

    name: str
    model_name: str
    base_url: str
    api_key_env: str | None = None
    provider: Provider = "openai"
    api: Api = "chat"
    region: str | None = None
    max_in_flight: int = 64
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    timeout_s: float = 120.0
    structured_output: StructuredOutput = "schema"
    input_usd_per_million_tokens: float | None = None
    output_usd_per_million_tokens: float | None = None
    prompt_cache: str | None = None
    service_tier: str | None = None
    cached_input_usd_per_million_tokens: float | None = None
    cache_write_usd_per_million_tokens: float | None = None
    headers: tuple[Setting, ...] = ()
    query: tuple[Setting, ...] = ()
    client_cert: str | None = None
    client_key: str | None = None
    inputs_per_call: int = 256

    @classmethod
    def from_options(cls, name: str, options: Mapping[str, Any], *, besides: Collection[str] = ()) -> Endpoint:
        """Check an entry; a null counts as absent. A provider that is named has a URL of its own, if it is not Azure.

        `besides`: the keys that the entry may have too, and somebody else has taken out of it. Raises `ConfigurationError` with
        every fault that it has.
        """
        given = {key: value for key, value in options.items() if value is not None}
        _add_defaults(given)
        faults = _faults(name, given, besides)
        if faults:
            raise ConfigurationError(faults)
        given["base_url"] = given["base_url"].rstrip("/")
        for key in _SETTINGS:
            if key in given:
                given[key] = tuple(Setting.of(name, value) for name, value in sorted(given[key].items()))
        return cls(name=name, **given)

    def texts(self, kind: Literal["headers", "query"]) -> dict[str, str]:
        """What is sent besides the key, by its names. Raises `FatalEndpointError` where a variable is not set."""
        settings: tuple[Setting, ...] = getattr(self, kind)
        return {setting.name: self._text(kind, setting) for setting in settings}

    def _text(self, kind: str, setting: Setting) -> str:
        if setting.variable is None:
            return setting.text
        text = os.environ.get(setting.variable, "").strip()
        if not text:
            raise FatalEndpointError(
                f"endpoint '{self.name}' has no value for '{setting.name}' of its {kind}",
                f"Expected it in the environment variable '{setting.variable}', which is not set. Set it and run again",
            )
        return text

    def api_key(self) -> str | None:
        """The key as it is now, or None where the endpoint needs none.

        Raises `FatalEndpointError` where the variable or the store that should hold it does not.
        """
        if self.api_key_env is None:
            return None
        source = _sources.get(self.api_key_env)
        key = (os.environ.get(self.api_key_env, "") if source is None else source() or "").strip()
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

    def cost_usd(
        self,
        input_tokens: float | None,
        output_tokens: float | None,
        cached_input_tokens: float | None = None,
        cache_write_tokens: float | None = None,
    ) -> float | None:
        """What so many tokens cost, in USD; None without prices or counts.

        `cached_input_tokens` and `cache_write_tokens` are parts of `input_tokens`.
        """
        if (
            input_tokens is None
            or output_tokens is None
            or self.input_usd_per_million_tokens is None
            or self.output_usd_per_million_tokens is None
        ):
            return None
        dollars = input_tokens * self.input_usd_per_million_tokens + output_tokens * self.output_usd_per_million_tokens
        if cached_input_tokens:
            dollars += cached_input_tokens * (self._cached_input_usd - self.input_usd_per_million_tokens)
        if cache_write_tokens:
            dollars += cache_write_tokens * (self._cache_write_usd - self.input_usd_per_million_tokens)
        return dollars / 1e6

    @property
    def _cached_input_usd(self) -> float:
        """The price that is stated, or the provider's usual share of the input's; the whole where that differs by model."""
        share = 0.1 if self._is_claude or self.provider == "mistral" else 1.0
        stated = self.cached_input_usd_per_million_tokens
        return stated if stated is not None else share * (self.input_usd_per_million_tokens or 0.0)

    @property
    def _cache_write_usd(self) -> float:
        share = 2.0 if self.prompt_cache == "1h" else 1.25
        if not self._is_claude and self.provider not in ("openai", "azure"):
            share = 1.0
        stated = self.cache_write_usd_per_million_tokens
        return stated if stated is not None else share * (self.input_usd_per_million_tokens or 0.0)

    @property
    def _is_claude(self) -> bool:
        return self.provider == "anthropic" or (self.provider == "bedrock" and "anthropic." in self.model_name)


def _add_defaults(given: dict[str, Any]) -> None:
    provider = given.get("provider")
    if provider == "bedrock":
        variables = [os.environ.get(name, "").strip() for name in _REGION_VARIABLES]
        given.setdefault("region", next(filter(None, variables), None))
        if given["region"] is None:
            del given["region"]
        elif "base_url" not in given:
            given["base_url"] = f"https://bedrock-runtime.{given['region']}.amazonaws.com"
    elif isinstance(provider, str) and provider in _BASE_URLS:
        # Without a provider there is none: prompts are for OpenAI only where it is named.
        given.setdefault("base_url", _BASE_URLS[provider])


def _faults(name: str, given: Mapping[str, Any], besides: Collection[str]) -> list[str]:
    known = {field.name for field in fields(Endpoint)} - {"name"}
    every = ", ".join(sorted({*known, *besides}))
    faults = [_fault(name, key, f"one of {every}", key) for key in given if key not in known]
    faults += _provider_faults(name, given)
    faults += _setting_faults(name, given)
    for key in ("model_name", "base_url"):
        if not (isinstance(given.get(key), str) and given[key].strip()):
            faults.append(_fault(name, key, "a text", given.get(key)))
    base_url = given.get("base_url")
    if isinstance(base_url, str) and not _is_url(base_url):
        expected = "a URL such as 'http://localhost:11434/v1'"
        # Not shown where it may hold a key or a password.
        faults.append(_fault(name, "base_url", expected, base_url if not _HIDING.search(base_url) else "***"))
    if not _VARIABLE.fullmatch(str(given.get("api_key_env", "A"))):
        # Not shown: it may be the key itself.
        faults.append(_fault(name, "api_key_env", "the name of an environment variable", "***"))
    if given.get("structured_output", "schema") not in _LEVELS:
        expected = f"one of {', '.join(_LEVELS)}"
        faults.append(_fault(name, "structured_output", expected, given["structured_output"]))
    for key in ("max_in_flight", "inputs_per_call"):
        count = given.get(key, 1)
        if not (_is_number(count) and count >= 1 and count % 1 == 0):
            faults.append(_fault(name, key, "a whole number from 1 on", count))
    for key in (*_RATES, "timeout_s"):
        if not (_is_number(given.get(key, 1)) and given.get(key, 1) > 0):
            faults.append(_fault(name, key, "a number above 0", given[key]))
    for key in (*_PRICES, *_CACHE_PRICES):
        if not (_is_number(given.get(key, 0)) and given.get(key, 0) >= 0):
            faults.append(_fault(name, key, "a number from 0 on", given[key]))
    if len([key for key in _PRICES if key in given]) == 1:
        faults.append(f"endpoint '{name}' has one price. Expected both {' and '.join(_PRICES)}, or neither.")
    elif any(key in given for key in _CACHE_PRICES) and not all(key in given for key in _PRICES):
        faults.append(f"endpoint '{name}' has a price of its prompt cache alone. Expected {' and '.join(_PRICES)} too.")
    return faults


def _provider_faults(name: str, given: Mapping[str, Any]) -> list[str]:
    provider = given.get("provider", "openai")
    if provider not in _PROVIDERS:
        return [_fault(name, "provider", f"one of {', '.join(_PROVIDERS)}", provider)]
    faults = []
    apis = _APIS if provider in ("openai", "azure") else ("chat",)
    if given.get("api", "chat") not in apis:
        faults.append(_fault(name, "api", f"one of {', '.join(apis)} with the provider {provider}", given["api"]))
    if provider != "bedrock":
        if "region" in given:
            faults.append(f"endpoint '{name}' has a region. Expected one with the provider bedrock only; got '{provider}'.")
    elif not (isinstance(given.get("region"), str) and _REGION.fullmatch(given["region"])):
        expected = f"one such as 'us-east-1', here or in the environment variable {_REGION_VARIABLES[0]}"
        faults.append(_fault(name, "region", expected, given.get("region")))
    tier = given.get("service_tier", "flex")
    if not (isinstance(tier, str) and _NAME.fullmatch(tier)):
        faults.append(_fault(name, "service_tier", "a name such as 'flex'", tier))
    caches = _PROMPT_CACHES[provider]
    if "prompt_cache" in given and not caches:
        faults.append(f"endpoint '{name}' has a prompt_cache. Expected none: that of {provider} is automatic. Remove it.")
    elif given.get("prompt_cache", "off") not in caches and caches:
        expected = f"one of {', '.join(caches)} with the provider {provider}"
        faults.append(_fault(name, "prompt_cache", expected, given["prompt_cache"]))
    return faults


def _setting_faults(name: str, given: Mapping[str, Any]) -> list[str]:
    faults = []
    for key in _SETTINGS:
        settings = given.get(key, {"a": ""})
        if not (isinstance(settings, Mapping) and settings and all(map(_is_setting, settings, settings.values()))):
            # Not shown: values may be secrets.
            faults.append(_fault(name, key, "a mapping of names to texts, or to {env: VARIABLE}", "***"))
        elif key == "headers" and any(header.lower() in _OUR_HEADERS for header in settings):
            expected = f"none of {', '.join(_OUR_HEADERS)}, which dbt_llm sets itself"
            faults.append(_fault(name, key, expected, ", ".join(settings)))
    if "query" in given and given.get("provider") == "bedrock":
        faults.append(f"endpoint '{name}' has a query. Expected none with bedrock, whose calls are signed. Remove it.")
    for key in ("client_cert", "client_key"):
        if key in given and not (isinstance(given[key], str) and given[key].strip()):
            faults.append(_fault(name, key, "the path of a PEM file", "***"))
    if "client_key" in given and "client_cert" not in given:
        faults.append(f"endpoint '{name}' has a client_key alone. Expected client_cert too.")
    return faults


def _is_setting(name: object, value: object) -> bool:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return False
    if isinstance(value, Mapping):
        return set(value) == {"env"} and bool(_VARIABLE.fullmatch(str(value["env"])))
    return isinstance(value, str) and value.isprintable()


def _fault(name: str, key: str, expected: str, got: object) -> str:
    return f"endpoint '{name}' has a wrong {key}. Expected {expected}; got '{got}'."


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# The form that names of variables have and keys have not: as the macro _is_variable_name.
_VARIABLE = re.compile(r"(?=.{1,64}\Z)(?!(?:\D*\d){9})(?:[A-Z_]+|[a-z_]+|(?=[A-Z0-9_]*_)[A-Z_][A-Z0-9_]*)")
_HIDING = re.compile(r"[@?#]")
_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_REGION = re.compile(r"[a-z0-9-]+")


def _is_url(text: str) -> bool:
    try:
        url = urlsplit(text)
    except ValueError:
        return False
    return (
        url.scheme in ("http", "https") and bool(url.netloc) and not (url.query or url.fragment or url.username or url.password)
    )
