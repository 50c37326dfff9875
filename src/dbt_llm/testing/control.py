"""The server's own URLs, below `/_`, by which a test in another process sees and steers it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from .answers import Answerer
from .batches import Batches, BatchFaults
from .faults import Faults


class Control:
    """What the URLs do.

    | call | does |
    |---|---|
    | `GET /_stats` | the counters; with `?prompts=1` also the calls of each prompt, and batches' by its sha256 |
    | `POST /_reset` | sets the counters to zero and empties the prompt cache |
    | `POST /_faults` | replaces the faults of live calls by those in the JSON body |
    | `POST /_batch_faults` | replaces the faults of batches by those in the JSON body |
    | `GET /_batches` | the batch jobs, newest first |
    | `POST /_batches/advance` | `Batches.advance(**body)`; gives `{"ended": [ids]}` |
    | `POST /_batches/finish` | `Batches.finish(**body)`; gives `{"ended": [ids]}` |
    | `POST /_batches/clear` | `Batches.clear()` |
    | `POST /_batches/polls` | sets `polls_to_end` to that of the body |
    """

    def __init__(self, answerer: Answerer, batches: Batches, called: Callable[[], None]) -> None:
        """`called`: notes that somebody steers the server, which so is not idle."""
        self._answerer = answerer
        self._batches = batches
        self._called = called
        self._calls: dict[tuple[str, str], Callable[[dict[str, Any]], dict[str, Any]]] = {
            ("POST", "/_reset"): self._reset,
            ("POST", "/_faults"): self._set_faults,
            ("POST", "/_batch_faults"): self._set_batch_faults,
            ("GET", "/_batches"): lambda _: {"batches": batches.summary()},
            ("POST", "/_batches/advance"): lambda body: {"ended": batches.advance(**body)},
            ("POST", "/_batches/finish"): lambda body: {"ended": batches.finish(**body)},
            ("POST", "/_batches/clear"): self._clear_batches,
            ("POST", "/_batches/polls"): self._set_polls,
        }

    async def respond(self, request: web.BaseRequest) -> web.Response:
        """Answer a call to one of the URLs: 400 in words where its body is wrong, 404 for any other URL."""
        raw = await request.content.read()
        if (request.method, request.path) == ("GET", "/_stats"):
            return web.json_response(self._stats(with_prompts="prompts" in request.query))
        does = self._calls.get((request.method, request.path))
        if does is None:
            return web.json_response({}, status=404)
        try:
            # In a thread, as the rows of a job are answered while it ends.
            shown = await asyncio.to_thread(does, json.loads(raw or b"{}"))
            self._called()
            return web.json_response(shown)
        except (ValueError, TypeError) as error:
            return web.json_response({"error": str(error)}, status=400)
        except KeyError as error:
            return web.json_response({"error": f"There is no batch job {error}."}, status=404)

    def _stats(self, *, with_prompts: bool) -> dict[str, Any]:
        counters = self._answerer.counters
        summary = counters.summary()
        if with_prompts:
            summary["calls_by_prompt"] = counters.calls_by_prompt
            summary.update(counters.by_sha256())
        return summary

    def _reset(self, _: dict[str, Any]) -> dict[str, Any]:
        self._answerer.reset()
        return {}

    def _set_faults(self, body: dict[str, Any]) -> dict[str, Any]:
        self._answerer.faults = Faults(**body)
        return {}

    def _set_batch_faults(self, body: dict[str, Any]) -> dict[str, Any]:
        self._batches.faults = BatchFaults.from_json(body)
        return {}

    def _clear_batches(self, _: dict[str, Any]) -> dict[str, Any]:
        self._batches.clear()
        return {}

    def _set_polls(self, body: dict[str, Any]) -> dict[str, Any]:
        self._batches.polls_to_end = body["polls_to_end"]
        return {}
