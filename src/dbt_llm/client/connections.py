"""The process's one event loop, in a daemon thread, and the connections that live in it.

There is one per endpoint, so that tasks on one endpoint share its limits.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from yarl import URL

from .endpoint import Endpoint
from .errors import FatalEndpointError
from .lines import Ids, Lines, id_of
from .outcomes import parsed
from .pacing import Gate
from .proxies import proxy_of
from .tls import tls_context

__all__ = ["Answer", "Connection", "Session", "connection_to", "event_loop", "submit"]

_T = TypeVar("_T")

_CLOSE_S = 2.0

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def submit(coroutine: Coroutine[Any, Any, _T]) -> Future[_T]:
    """Run a coroutine in the client's event loop."""
    return asyncio.run_coroutine_threadsafe(coroutine, event_loop())


def event_loop() -> asyncio.AbstractEventLoop:
    """The client's event loop; started when first asked for."""
    global _loop
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="dbt-llm-client", daemon=True).start()
        return _loop


def _forget_loop() -> None:
    # A forked child has the loop but not its thread.
    global _loop, _lock
    _loop, _lock = None, threading.Lock()
    for connection in _connections.values():
        connection.session.abandon()
    _connections.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_loop)


@dataclass(slots=True)
class Answer:
    """What came back. `body`: parsed JSON, or None where `content` is none. `fault`: why it is no answer to what was asked."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    body: Any
    fault: str | None = None


class Session:
    """The connections to one endpoint. Made and used in the client's event loop only."""

    def __init__(self, url: str, endpoint: Endpoint) -> None:
        """`url`: where all posts go, encoded. Opens nothing yet; connections are made by the first posts.

        Raises `FatalEndpointError` where a proxy, a certificate or a variable cannot be used.
        """
        query = urlencode(endpoint.texts("query"))
        self._process = os.getpid()
        self._ids = Ids()
        self._timeout_s = endpoint.timeout_s
        self._lines = Lines(
            # As it is: what is signed must not be written otherwise.
            URL(f"{url}?{query}" if query else url, encoded=True),
            {**endpoint.texts("headers"), "Accept-Encoding": "identity"},
            tls_context(endpoint.client_cert, endpoint.client_key) if url.startswith("https:") else True,
            proxy_of(url),
        )
        atexit.register(self._close)

    async def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send one request body; return what came back.

        Raises `aiohttp.ClientError`, `OSError` or `asyncio.TimeoutError` where no whole response came.
        """
        deadline = asyncio.get_running_loop().time() + self._timeout_s
        line, is_sound = await self._lines.take(deadline), False
        try:
            status, told, content = await line.ask(self._lines.request(headers, body), deadline)
            if content is None:
                return Answer(status, told, b"", None, "answered with more than any answer may have")
            answer = Answer(status, told, content, parsed(content))
            is_copy, is_sound = self._ids.judge(line, id_of(told, answer.body))
            if is_copy:
                self._lines.close_idle()
                answer.fault = "answered with a copy of the answer before it"
            return answer
        finally:
            self._lines.let_go(line, is_sound=is_sound)

    def abandon(self) -> None:
        """Forget the connections, in a forked child: closing them would take them out of the parent's selector."""
        self._lines.abandon()

    def _close(self) -> None:
        # What a forked child has of it is its parent's.
        if os.getpid() != self._process:
            return
        with suppress(TimeoutError, RuntimeError):
            submit(self._lines.close()).result(_CLOSE_S)


@dataclass(slots=True)
class Connection:
    """An endpoint as this process talks to it: shared by all runs on it."""

    gate: Gate
    session: Session
    api_key: str | None
    endpoint: Endpoint

    async def renew_key(self, used: str | None) -> bool:
        """Read the key again, where the one that was used is refused; whether there is another by now."""
        if self.api_key == used and self.endpoint.api_key_env is not None:
            with suppress(FatalEndpointError):
                self.api_key = await asyncio.get_running_loop().run_in_executor(None, self.endpoint.api_key)
        return self.api_key != used


_connections: dict[tuple[Endpoint, str, str | None, str | None], Connection] = {}


def connection_to(endpoint: Endpoint, url: str) -> Connection:
    """The connection to an endpoint, whose requests go to `url`; made when first asked for. In the client's event loop only.

    Raises `FatalEndpointError` where its key is not set, or what it is reached by cannot be used.
    """
    api_key = endpoint.api_key()
    identity = (_on_the_wire(endpoint), url, api_key, proxy_of(url))
    if identity not in _connections:
        _connections[identity] = Connection(Gate(endpoint), Session(url, endpoint), api_key, endpoint)
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
        inputs_per_call=1,
    )
