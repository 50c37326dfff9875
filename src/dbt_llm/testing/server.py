"""An OpenAI-compatible endpoint on loopback, for tests, demos and benches.

No language model is in it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from aiohttp import web

from .answers import Answer, echo
from .chat import BadRequestError, ChatRequest, Reply, error_body
from .counters import Counters
from .faults import Faults, Kind
from .spoil import spoil

if TYPE_CHECKING:
    from typing_extensions import Self

_CHAT = "/v1/chat/completions"
_NO_ANSWER = 0
_CLIENT_CLOSED = 499


class Server:
    """A stand-in for a provider: an HTTP server in a daemon thread, on a port of 127.0.0.1.

        with Server(constant('{"ok": true}'), Faults(throttle=0.1)) as server:
            ask(server.base_url)
            assert server.counters.answered == 1

    `GET /_stats` gives the counters as JSON (`?prompts=1`: with the calls of each prompt), and
    `POST /_reset` sets them to zero.
    """

    def __init__(
        self,
        answer: Answer = echo,
        faults: Faults | None = None,
        *,
        port: int = 0,
        api_key: str | None = None,
        served_model: str | None = None,
        record: bool = True,
        log: str | Path | None = None,
    ) -> None:
        """Prepare a server; it listens once started.

        `api_key`: refuse calls without it.
        `served_model`: the model name in responses; else the request's, with `-stand-in` behind it.
        `record=False`: keep no bodies, and prompts only as counts.
        `log`: append one line per call to this file, at once: the prompt's sha256 and the status.
        """
        self.answer = answer
        self.faults = faults or Faults()
        self.counters = Counters(record=record)
        self.last_call_at = time.monotonic()
        self._port = port
        self._api_key = api_key
        self._served_model = served_model
        self._log_path = log
        self._log: TextIO | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._listening = threading.Event()
        self._failure: OSError | None = None

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._port

    @property
    def base_url(self) -> str:
        """What a client takes as its base URL."""
        return f"http://127.0.0.1:{self._port}/v1"

    def start(self) -> Self:
        """Listen. Returns once a client can connect."""
        if self._log_path is not None:
            self._log = open(self._log_path, "a", buffering=1, encoding="utf-8")  # noqa: SIM115
        self._thread = threading.Thread(target=self._run, name="dbt-llm-stand-in", daemon=True)
        self._thread.start()
        self._listening.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def stop(self) -> None:
        """Close every connection and stop listening."""
        if self._loop is not None and self._stopping is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)
        if self._thread is not None:
            self._thread.join()
        if self._log is not None:
            self._log.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:
            self._failure = error
        finally:
            self._listening.set()

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        # The plain protocol server: an Application's routing costs more than all of the work here.
        protocol = web.Server(self._handle, access_log=None, handler_cancellation=True)
        listener = await self._loop.create_server(protocol, "127.0.0.1", self._port, backlog=1024)
        self._port = listener.sockets[0].getsockname()[1]
        self._listening.set()
        await self._stopping.wait()
        listener.close()
        protocol.pre_shutdown()
        # Not 0, which aiohttp takes for "wait without end".
        await protocol.shutdown(timeout=0.05)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith("/_"):
            return self._own(request)
        self.last_call_at = time.monotonic()
        call = _Call(self, request)
        try:
            return await call.respond()
        except asyncio.CancelledError:
            call.status, call.answered = _CLIENT_CLOSED, False
            raise
        finally:
            self.counters.ended(call.status, answered=call.answered, fault=call.fault)
            self._write_log(call)

    def _own(self, request: web.BaseRequest) -> web.Response:
        if (request.method, request.path) == ("POST", "/_reset"):
            self.counters.reset()
            return web.json_response({})
        if (request.method, request.path) == ("GET", "/_stats"):
            summary = self.counters.summary()
            if "prompts" in request.query:
                summary["calls_by_prompt"] = self.counters.calls_by_prompt
            return web.json_response(summary)
        return web.json_response({}, status=404)

    def _write_log(self, call: _Call) -> None:
        if self._log is not None:
            digest = hashlib.sha256(call.prompt.encode("utf-8", "surrogatepass")).hexdigest()
            self._log.write(json.dumps({"prompt_sha256": digest, "status": call.status}) + "\n")

    def authorized(self, headers: Mapping[str, str]) -> bool:
        """Whether a call shows the key that this server wants."""
        return self._api_key is None or headers.get("Authorization") == f"Bearer {self._api_key}"

    def serves(self, model: str) -> str:
        """The model name in the response to a request for `model`."""
        return self._served_model or f"{model}-stand-in"


class _Call:
    """One call, from its arrival to its response."""

    def __init__(self, server: Server, request: web.BaseRequest) -> None:
        self._server = server
        self._request = request
        self._number = server.counters.arrived()
        self.prompt = ""
        self.status = _NO_ANSWER
        self.answered = False
        self.fault: Kind | None = None

    async def respond(self) -> web.StreamResponse:
        raw = await self._request.content.read()
        if (self._request.method, self._request.path) != ("POST", _CHAT):
            return self._error(404, f"Unknown request URL: {self._request.path}.", "unknown_url")
        if not self._server.authorized(self._request.headers):
            return self._error(401, "Incorrect API key provided.", "invalid_api_key")
        try:
            request = ChatRequest.parse(raw, self._request.headers)
        except BadRequestError as error:
            return self._error(400, str(error))
        self.prompt = request.prompt
        nth = self._server.counters.asked(request.prompt, request.body)
        return await self._answer(request, nth)

    async def _answer(self, request: ChatRequest, nth: int) -> web.StreamResponse:
        faults = self._server.faults
        chosen = faults.choose(request.prompt, nth)
        if chosen.delay_s:
            await asyncio.sleep(chosen.delay_s)
        if faults.status_always is not None:
            return self._error(faults.status_always, "This server always says so.", faults.code)
        self.fault = chosen.kind
        if chosen.kind == "throttle":
            headers = {} if faults.retry_after is None else {"Retry-After": faults.retry_after}
            return self._error(429, "Rate limit reached.", "rate_limit_exceeded", headers)
        if chosen.kind == "error":
            return self._error(faults.error_status, "The server had an error. Please try again.")
        if chosen.kind == "timeout":
            await asyncio.sleep(faults.timeout_s)
            return self._drop()
        if chosen.kind == "drop":
            return self._drop()
        if chosen.kind == "malformed_body":
            self.status = 200
            return web.Response(text="<html><body>upstream</body></html>", content_type="text/html")
        return self._complete(request)

    def _complete(self, request: ChatRequest) -> web.Response:
        try:
            answer = self._server.answer(request)
        except Exception as error:
            # A bug in an answer function must reach whoever wrote it, in words.
            return self._error(500, f"The answer function failed: {error!r}", "answer_failed")
        reply = Reply(answer) if isinstance(answer, str) else answer
        if self.fault is not None and reply.status == 200:
            reply = spoil(reply, self.fault, request)
        self.status = reply.status
        self.answered = reply.status == 200 and self.fault is None
        return web.Response(
            body=reply.body(request, f"chatcmpl-{self._number:09}", self._server.serves(request.model)),
            status=reply.status,
            headers=reply.headers,
            content_type="application/json",
        )

    def _error(
        self,
        status: int,
        message: str,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> web.Response:
        self.status = status
        body = error_body(message, status, code)
        return web.Response(body=body, status=status, headers=headers, content_type="application/json")

    def _drop(self) -> web.Response:
        if self._request.transport is not None:
            self._request.transport.abort()
        return web.Response()
