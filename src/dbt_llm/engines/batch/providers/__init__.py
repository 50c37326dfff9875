"""A module for each provider's Batch API, spoken to through the provider's own client.

`make` chooses by an endpoint's `provider`. The keys of an endpoint's `batch` entry that it reads (those of limits, prices
and structured output are read elsewhere):

    key            providers                          expected
    provider       all                                openai (the default), azure, anthropic, gemini, bedrock, mistral
    model_name     all                                the provider's id; azure: the deployment; bedrock: a model or profile
    api_key_env    all but bedrock                    needed; openai: only without a base_url of one's own
    base_url       all                                azure: needed, `https://<resource>.openai.azure.com/openai/v1`;
                                                      openai: ends where `/batches` begins; bedrock: the control plane
    api            openai, azure                      chat (the default) or responses: the form of the requests
    role_arn       bedrock                            needed: the service role that reads and writes below s3_uri
    s3_uri         bedrock                            needed: `s3://bucket/prefix`
    region         bedrock                            default: that of the AWS configuration
    kms_key_id     bedrock                            default: none, S3's own encryption
    timeout_hours  bedrock (24 to 168), mistral (1 to 168)   default: 24
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ....client import ConfigurationError
from ..provider import BatchProvider

if TYPE_CHECKING:
    from .anthropic import AnthropicBatches
    from .azure import AzureBatches
    from .bedrock import BedrockBatches
    from .gemini import GeminiBatches
    from .mistral import MistralBatches
    from .openai import OpenAIBatches

    # Each is found by its name, so this is where it is held against the protocol.
    _HELD: tuple[type[BatchProvider], ...] = (
        AnthropicBatches,
        AzureBatches,
        BedrockBatches,
        GeminiBatches,
        MistralBatches,
        OpenAIBatches,
    )


__all__ = ["PROVIDERS", "make"]


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a provider's class is, and the keys of an endpoint that its constructor takes."""

    class_name: str
    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


_ENTRIES = {
    "openai": _Entry("OpenAIBatches", optional=("base_url", "api")),
    "azure": _Entry("AzureBatches", needed=("base_url",), optional=("api",)),
    "anthropic": _Entry("AnthropicBatches", optional=("base_url",)),
    "gemini": _Entry("GeminiBatches", needed=("model_name",), optional=("base_url",)),
    "bedrock": _Entry(
        "BedrockBatches",
        needed=("model_name", "role_arn", "s3_uri"),
        optional=("region", "kms_key_id", "timeout_hours", "base_url"),
    ),
    "mistral": _Entry("MistralBatches", needed=("model_name",), optional=("base_url", "timeout_hours")),
}
PROVIDERS = tuple(_ENTRIES)

_OF_VECTORS = ("openai", "mistral")
"""Whose Batch API names /v1/embeddings among its endpoints. (Their references and clients, 2026-11)"""
_LIVE_ONLY = ("headers", "query", "client_cert", "client_key")
_EVERYWHERE = ("base_url", "model_name")
_OWN_KEYS = {key for entry in _ENTRIES.values() for key in (*entry.needed, *entry.optional) if key not in _EVERYWHERE}
_VERSIONS = {"anthropic": "/v1", "gemini": "/v1beta", "mistral": "/v1"}
"""What an endpoint's base_url ends in, which these clients add themselves."""
_HOURS = {"bedrock": (24, 168), "mistral": (1, 168)}
_EXPECTED = {
    "api": "chat or responses",
    "base_url": "a URL such as 'https://api.openai.com/v1'",
    "role_arn": "an ARN such as 'arn:aws:iam::123456789012:role/batch'",
    "s3_uri": "a place such as 's3://bucket/prefix'",
}


def make(options: Mapping[str, Any], api_key: str | None = None, *, for_vectors: bool = False) -> BatchProvider:
    """The Batch API of an endpoint's `provider`.

    `options`: the endpoint's entry, of which a null counts as absent; keys that no provider reads are left to others.
    `api_key`: the key itself. `for_vectors`: of embeddings. Raises `ConfigurationError` with every fault,
    `MissingDependencyError`.
    """
    given = {key: value for key, value in options.items() if value is not None}
    provider = given.get("provider", "openai")
    if provider not in PROVIDERS:
        raise ConfigurationError([_fault("the endpoint", "provider", f"one of {', '.join(PROVIDERS)}", provider)])
    entry = _ENTRIES[provider]
    faults = [*_faults(provider, entry, given), *_key_faults(provider, given, api_key)]
    # Better refused than left out.
    faults += [f"the engine batch sends no {key}. Expected none; got some. Remove it." for key in _LIVE_ONLY if key in given]
    if for_vectors and provider not in _OF_VECTORS:
        faults.append(
            f"the engine batch makes no embeddings with provider '{provider}'."
            f" Expected one of {', '.join(_OF_VECTORS)}, or engine: async; got '{provider}'."
        )
    if faults:
        raise ConfigurationError(faults)
    taken = {key: given[key] for key in (*entry.needed, *entry.optional) if key in given}
    if "base_url" in taken and provider in _VERSIONS:
        taken["base_url"] = taken["base_url"].rstrip("/").removesuffix(_VERSIONS[provider])
    if provider != "bedrock":
        taken["api_key"] = api_key
    if for_vectors:
        taken["api"] = "embeddings"
    module = importlib.import_module(f".{provider}", __name__)
    made: BatchProvider = getattr(module, entry.class_name)(**taken)
    return made


def _faults(provider: str, entry: _Entry, given: Mapping[str, Any]) -> list[str]:
    where = f"provider '{provider}'"
    known = (*entry.needed, *entry.optional)
    faults = [
        f"{where} has no use for '{key}'. Expected none; got '{given[key]}'."
        for key in sorted(_OWN_KEYS)
        if key in given and key not in known
    ]
    for key in known:
        if key in given and not _is_right(provider, key, given[key]):
            faults.append(_fault(where, key, _expected(provider, key), given[key]))
        elif key in entry.needed and key not in given:
            faults.append(f"{where} needs '{key}'. Expected {_expected(provider, key)}; got nothing.")
    return faults


def _key_faults(provider: str, given: Mapping[str, Any], api_key: str | None) -> list[str]:
    if provider == "bedrock" and api_key is not None:
        return ["provider 'bedrock' takes no key. Expected AWS credentials, and no 'api_key_env'; got a key."]
    needs_key = provider not in ("bedrock", "openai") or (provider == "openai" and "base_url" not in given)
    if needs_key and not api_key:
        return [f"provider '{provider}' needs a key. Expected 'api_key_env', which names the variable with it; got nothing."]
    return []


def _is_right(provider: str, key: str, value: object) -> bool:
    if key == "timeout_hours":
        least, most = _HOURS[provider]
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
    if not isinstance(value, str) or not value.strip():
        return False
    if key == "api":
        return value in ("chat", "responses")
    if key == "base_url":
        return _has_host(value, "http", "https")
    if key == "s3_uri":
        return _has_host(value, "s3")
    return key != "role_arn" or value.startswith("arn:")


def _has_host(url: str, *schemes: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in schemes and bool(parts.netloc) and not (parts.query or parts.fragment or parts.username)


def _expected(provider: str, key: str) -> str:
    if key == "timeout_hours":
        return "a whole number from {} to {}".format(*_HOURS[provider])
    return _EXPECTED.get(key, "a text")


def _fault(where: str, key: str, expected: str, got: object) -> str:
    return f"{where} has a wrong '{key}'. Expected {expected}; got '{got}'."
