"""The connections of this process, one per endpoint, so that tasks on one endpoint share its limits."""

from __future__ import annotations

from dataclasses import replace

from .calls import Connection
from .endpoint import Endpoint
from .gate import Gate
from .transport import Session

_connections: dict[tuple[Endpoint, str | None], Connection] = {}


def to(endpoint: Endpoint, url: str) -> Connection:
    """The connection to an endpoint, whose requests go to `url`; made when first asked for. In the client's event loop only.

    Raises `FatalEndpointError` where its key is not set.
    """
    api_key = endpoint.api_key()
    identity = (_on_the_wire(endpoint), api_key)
    if identity not in _connections:
        _connections[identity] = Connection(Gate(endpoint), Session(url, endpoint.timeout_s), api_key)
    return _connections[identity]


def _on_the_wire(endpoint: Endpoint) -> Endpoint:
    """The endpoint without what the server cannot tell."""
    return replace(
        endpoint,
        name="",
        structured_output="schema",
        prompt_cache=None,
        input_usd_per_million_tokens=None,
        output_usd_per_million_tokens=None,
        cached_input_usd_per_million_tokens=None,
        cache_write_usd_per_million_tokens=None,
    )
