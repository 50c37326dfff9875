"""The Batch APIs over HTTP: bodies to disk, faults of calls, answers from a thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

from aiohttp import BodyPartReader, web

from ..chat import BadRequestError
from ..counters import Counters
from ..forms import Form, spoken_at
from .anthropic_batches import AnthropicBatches
from .batch_faults import CallFault, Operation
from .calls import Call, RefusedError, Route, Sent
from .gemini_batches import GeminiBatches
from .mistral_batches import MistralBatches
from .openai_batches import FilesApi, OpenAIBatches
from .store import Batches

_CHUNK = 1 << 20
_UPLOAD_ID = "upload_id"
_FAULTY = ("upload", "create", "retrieve", "list", "results", "cancel")
_STATUSES = {"throttle": 429, "refuse": 400, "not_found": 404, "error": 500}


class Gateway:
    """Finds what answers a call to a Batch API, and lets it meet its fault."""

    def __init__(self, batches: Batches, counters: Counters) -> None:
        self._batches = batches
        self._counters = counters
        self._routes: list[Route] = [
            *AnthropicBatches(batches).routes,
            *GeminiBatches(batches).routes,
            *OpenAIBatches(batches, ("", "/openai")).routes,
            *MistralBatches(batches, ("", "/mistral")).routes,
            *(one for prefix in ("", "/openai", "/mistral") for one in FilesApi(batches, prefix).routes),
        ]

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a call, and what its path names."""
        for route in self._routes:
            found = route.pattern.fullmatch(path) if route.method == method else None
            if found is not None:
                return route, found.groupdict()
        return None

    async def respond(
        self, request: web.BaseRequest, route: Route, named: dict[str, str], *, is_authorized: bool
    ) -> web.StreamResponse:
        """Answer a call."""
        form = spoken_at(request.path)
        fault = self._fault(request, route)
        call = await self._receive(request, form)
        # The rest of a resumable upload shows no key: its id is one.
        if not is_authorized and _UPLOAD_ID not in request.query:
            call.body.unlink(missing_ok=True)
            return await self._send(request, _failed(form, RefusedError(401, "Incorrect API key provided.")))
        if fault is not None and not fault.endswith("_after") and fault != "cut":
            call.body.unlink(missing_ok=True)
            return await self._misbehave(request, form, fault)
        # A thread goes on where the caller has gone: a call that was read in full is done.
        sent = await asyncio.to_thread(_answer, route, call, named)
        if fault is not None and fault.endswith("_after") and sent.status == 200:
            return await self._misbehave(request, form, fault.removesuffix("_after"))
        return await self._send(request, sent, is_cut=fault == "cut")

    def _fault(self, request: web.BaseRequest, route: Route) -> CallFault | None:
        if _UPLOAD_ID in request.query:
            # It belongs to the upload that began, and whose file is there only now.
            self._counters.batch_called("upload_chunk")
            fault = self._batches.faults.of_call("upload", self._counters.batch_calls["upload"])
            is_last = "finalize" in request.headers.get("X-Goog-Upload-Command", "")
            return fault if is_last and fault is not None and fault.endswith("_after") else None
        nth = self._counters.batch_called(route.operation)
        if route.operation not in _FAULTY:
            return None
        fault = self._batches.faults.of_call(cast("Operation", route.operation), nth)
        is_begin = request.path.startswith("/upload/")
        return None if is_begin and fault is not None and fault.endswith("_after") else fault

    async def _misbehave(self, request: web.BaseRequest, form: Form, fault: str) -> web.StreamResponse:
        if fault == "timeout":
            await asyncio.sleep(self._batches.faults.timeout_s)
        if fault in ("timeout", "drop"):
            return _drop(request)
        status = _STATUSES[fault]
        retry_after = self._batches.faults.retry_after if status == 429 else None
        failure = form.failure(status, f"This server answers {status}.", retry_after=retry_after)
        return await self._send(request, Sent(status, failure.body, failure.headers))

    async def _receive(self, request: web.BaseRequest, form: Form) -> Call:
        path = self._batches.files.new_path()
        fields: dict[str, str] = {}
        if request.content_type.startswith("multipart/"):
            async for part in _parts(request):
                if part.filename is None:
                    fields[part.name or ""] = await part.text()
                else:
                    fields["filename"] = part.filename
                    await _write(path, part)
        else:
            with path.open("wb") as file:
                async for chunk in request.content.iter_chunked(_CHUNK):
                    file.write(chunk)
        root = f"http://{request.host}"
        return Call(request.path, request.query, request.headers, root, form, path, fields)

    async def _send(self, request: web.BaseRequest, sent: Sent, *, is_cut: bool = False) -> web.StreamResponse:
        if sent.body is not None:
            # Without the status of an upload, Gemini's client takes an error for a hiccup, and sleeps.
            upload = {"X-Goog-Upload-Status": "final"} if request.path.startswith("/upload/") and sent.status != 200 else {}
            return web.json_response(sent.body, status=sent.status, headers={**upload, **sent.headers})
        size = sent.file.stat().st_size if sent.file is not None else 0
        response = web.StreamResponse(headers={"Content-Type": "application/octet-stream", "Content-Length": str(size)})
        await response.prepare(request)
        if sent.file is not None:
            left = size // 2 if is_cut else size
            with sent.file.open("rb") as file:
                while left and (chunk := file.read(min(left, _CHUNK))):
                    left -= len(chunk)
                    await response.write(chunk)
        if is_cut:
            # What was written must have left before the connection is closed under it.
            await asyncio.sleep(0.05)
            return _drop(request)
        await response.write_eof()
        return response


async def _parts(request: web.BaseRequest) -> AsyncIterator[BodyPartReader]:
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if isinstance(part, BodyPartReader):
            yield part


async def _write(path: Path, part: BodyPartReader) -> None:
    with path.open("wb") as file:
        while chunk := await part.read_chunk(_CHUNK):
            file.write(chunk)


def _answer(route: Route, call: Call, named: dict[str, str]) -> Sent:
    try:
        return route.handler(call, **named)
    except BadRequestError as error:
        return _failed(call.form, RefusedError(400, str(error)))
    except RefusedError as error:
        return _failed(call.form, error)
    finally:
        call.body.unlink(missing_ok=True)


def _failed(form: Form, error: RefusedError) -> Sent:
    failure = form.failure(error.status, str(error), error.code)
    return Sent(error.status, failure.body, failure.headers)


def _drop(request: web.BaseRequest) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
