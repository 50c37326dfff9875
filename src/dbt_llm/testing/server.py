"""The providers' APIs on loopback, for tests, demos and benches.

No language model is in it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, TextIO

from aiohttp import web

from .answers import Answer, Answerer, echo
from .batches import Batches, BatchFaults, Gateway
from .chat import BadRequestError, ChatRequest, parse_object
from .control import Control
from .counters import Counters
from .embeddings import Embed, EmbeddingRequest
from .faults import Faults, Kind
from .forms import Form, live_form, spoken_at

if TYPE_CHECKING:
    from typing_extensions import Self

Provider = Literal["openai", "azure", "anthropic", "gemini", "bedrock", "mistral"]

_BASE_PATHS: dict[Provider, str] = {
    "openai": "/v1",
    "azure": "/openai/v1",
    "anthropic": "",
    "gemini": "",
    "bedrock": "",
    "mistral": "/mistral",
}

_EMBEDDINGS = ("/v1/embeddings", "/openai/v1/embeddings", "/mistral/v1/embeddings")

_NO_ANSWER = 0
_CLIENT_CLOSED = 499


class Server:
    """A stand-in for the providers: an HTTP server in a daemon thread, on a port of 127.0.0.1.

        with Server(constant('{"ok": true}'), Faults(throttle=0.1)) as server:
            ask(server.base_url)
            assert server.counters.answered == 1

    It speaks OpenAI's chat completions and responses, Anthropic's messages, Gemini's generateContent, Bedrock's Converse
    and Mistral's chat completions, the embeddings of OpenAI, Azure and Mistral, and the Batch APIs of all but Bedrock:
    `url(provider)` is what the provider's official client takes as its address. Each input of a call for embeddings is
    counted as a prompt of its own, and its vector is what `embed` says: hashed n-grams, unless it is replaced; with
    `most_inputs` set, a call with more of them is answered 413. Batch jobs
    are moved by `batches`, prompts are cached in `cache`, and `Control` has what can be seen and set over HTTP.
    """

    def __init__(
        self,
        answer: Answer = echo,
        faults: Faults | None = None,
        *,
        batch_faults: BatchFaults | None = None,
        batch_polls: int | None = None,
        port: int = 0,
        api_key: str | None = None,
        served_model: str | None = None,
        record: bool = True,
        log: str | Path | None = None,
    ) -> None:
        """Prepare a server; it listens once started.

        `batch_polls`: a batch job has ended from its poll n + 1 on; else only `batches` ends it.
        `api_key`: refuse calls without it. (A signed call shows no key, and passes.)
        `served_model`: the model name in responses; else the request's, with `-stand-in` behind it.
        `record=False`: keep no bodies, and prompts only as counts.
        `log`: append one line per live call to this file, as it ends: the prompt's sha256, the status, the fault that it met,
        and when it came and ended, in the seconds of `time.monotonic`, which on Linux other processes' clocks share.
        """
        self.counters = Counters(record=record)
        self.answerer = Answerer(answer, faults or Faults(), self.counters, served_model)
        self.cache = self.answerer.cache
        self.most_inputs: int | None = None
        self.batches = Batches(self.answerer, batch_faults, batch_polls)
        self.last_call_at = time.monotonic()
        self._gateway = Gateway(self.batches, self.counters)
        self._control = Control(self.answerer, self.batches, self._called)
        self._port = port
        self._api_key = api_key
        self._log_path = log
        self._log: TextIO | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._listening = threading.Event()
        self._failure: OSError | None = None

    @property
    def answer(self) -> Answer:
        """The answer function, for live calls and batches; replaceable at any time."""
        return self.answerer.answer

    @answer.setter
    def answer(self, answer: Answer) -> None:
        self.answerer.answer = answer

    @property
    def embed(self) -> Embed:
        """What makes a vector of a text, in live calls and batches; replaceable at any time."""
        return self.answerer.embed

    @embed.setter
    def embed(self, embed: Embed) -> None:
        self.answerer.embed = embed

    @property
    def faults(self) -> Faults:
        """The faults of live calls, and of the completions in batches; replaceable at any time."""
        return self.answerer.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self.answerer.faults = faults

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._port

    @property
    def base_url(self) -> str:
        """What an OpenAI-compatible client takes as its base URL."""
        return self.url("openai")

    def url(self, provider: Provider) -> str:
        """What a provider's official client takes as its base URL."""
        return f"http://127.0.0.1:{self._port}{_BASE_PATHS[provider]}"

    def reset(self) -> None:
        """Set the counters to zero and empty the prompt cache; batch jobs and faults stay."""
        self.answerer.reset()

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
        self.batches.clear()

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
            return await self._control.respond(request)
        self._called()
        if request.method == "GET" and request.path == "/v1/models":
            # Asks no language model, and so counts as no call.
            if not self.authorized(request):
                return web.json_response({"error": {"message": "Incorrect API key provided."}}, status=401)
            return web.json_response({"object": "list", "data": []})
        live = live_form(request.path) if request.method == "POST" else None
        batch = self._gateway.find(request.method, request.path) if live is None else None
        if batch is not None:
            try:
                return await self._gateway.respond(request, *batch, is_authorized=self.authorized(request))
            finally:
                # A job that ends has its rows answered meanwhile, which may take long.
                self._called()
        call = _Call(self, request, live)
        try:
            return await call.respond()
        except asyncio.CancelledError:
            call.status, call.answered = _CLIENT_CLOSED, False
            raise
        finally:
            self.counters.ended(call.status, answered=call.answered, fault=call.fault)
            self._write_log(call)

    def _called(self) -> None:
        self.last_call_at = time.monotonic()

    def _write_log(self, call: _Call) -> None:
        if self._log is not None:
            line = {
                "prompt_sha256": hashlib.sha256(call.prompt.encode("utf-8", "surrogatepass")).hexdigest(),
                "status": call.status,
                "fault": call.fault,
                "arrived_s": call.arrived_at,
                "ended_s": time.monotonic(),
            }
            self._log.write(json.dumps(line) + "\n")

    def authorized(self, request: web.BaseRequest) -> bool:
        """Whether a call shows the key that this server wants, in any provider's way."""
        if self._api_key is None:
            return True
        headers = request.headers
        authorization = headers.get("Authorization", "")
        shown = [headers.get(name) for name in ("x-api-key", "x-goog-api-key", "api-key")]
        shown += [authorization.removeprefix("Bearer "), request.query.get("key")]
        return self._api_key in shown or authorization.startswith("AWS4-HMAC-SHA256 ")


class _Call:
    """One call, from its arrival to its response."""

    def __init__(self, server: Server, request: web.BaseRequest, live: tuple[Form, str] | None) -> None:
        self._server = server
        self._request = request
        self._number = server.counters.arrived()
        self.arrived_at = time.monotonic()
        self._is_live = live is not None
        self._asks_for_embeddings = request.method == "POST" and request.path in _EMBEDDINGS
        self._form, self._model = live or (spoken_at(request.path), "")
        self.prompt = ""
        self.status = _NO_ANSWER
        self.answered = False
        self.fault: Kind | None = None

    async def respond(self) -> web.StreamResponse:
        raw = await self._request.content.read()
        if not self._is_live and not self._asks_for_embeddings:
            return self._error(404, f"Unknown request URL: {self._request.path}.", "unknown_url")
        missing = self._form.missing(self._request.headers)
        if missing is not None:
            return self._error(*missing)
        if not self._server.authorized(self._request):
            return self._error(401, "Incorrect API key provided.")
        try:
            body = parse_object(raw)
            if self._asks_for_embeddings:
                inputs = EmbeddingRequest.parse(body)
                self.prompt = "\n".join(inputs.inputs)
                nth = max([self._server.counters.asked(text, body) for text in inputs.inputs])
                return await self._answer(nth, partial(self._embed, inputs))
            request = self._form.parse(body, self._request.headers, self._model)
        except BadRequestError as error:
            return self._error(400, str(error))
        self.prompt = request.prompt
        nth = self._server.counters.asked(request.prompt, request.body)
        return await self._answer(nth, partial(self._complete, request))

    async def _answer(self, nth: int, complete: Callable[[], web.Response]) -> web.StreamResponse:
        faults = self._server.faults
        chosen = faults.choose(self.prompt, nth)
        if chosen.delay_s:
            await asyncio.sleep(chosen.delay_s)
        if faults.status_always is not None:
            return self._error(faults.status_always, "This server always says so.", faults.code)
        self.fault = chosen.kind
        if chosen.kind == "throttle":
            return self._error(429, "Rate limit reached.", retry_after=faults.retry_after)
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
        return complete()

    def _embed(self, request: EmbeddingRequest) -> web.Response:
        most = self._server.most_inputs
        if most is not None and len(request.inputs) > most:
            return self._error(413, f"batch size {len(request.inputs)} > maximum allowed batch size {most}")
        completed = self._server.answerer.vectors(self._form, request)
        self.answered = completed.status == 200
        return self._send(completed.status, completed.body, completed.headers)

    def _complete(self, request: ChatRequest) -> web.Response:
        completed = self._server.answerer.complete(self._form, request, self.fault, self._number, self.arrived_at)
        self.answered = completed.status == 200 and self.fault is None
        return self._send(completed.status, completed.body, completed.headers)

    def _error(self, status: int, message: str, code: str | None = None, retry_after: str | None = None) -> web.Response:
        failure = self._form.failure(status, message, code, retry_after)
        return self._send(status, failure.body, failure.headers)

    def _send(self, status: int, body: dict[str, Any], headers: Mapping[str, str]) -> web.Response:
        self.status = status
        text = json.dumps(body).encode()
        return web.Response(body=text, status=status, headers=headers, content_type="application/json")

    def _drop(self) -> web.Response:
        if self._request.transport is not None:
            self._request.transport.abort()
        return web.Response()
