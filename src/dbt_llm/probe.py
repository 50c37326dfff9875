"""One request of a calibration: what an endpoint says to it, kept whole, whatever it is."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import Any

from .client import ConfigurationError, Request, Response, Run, SpendRefusedError, host, submit
from .options import CompleteOptions

__all__ = ["probe"]


def probe(prompts: Sequence[str], options: Sequence[str]) -> list[str]:
    """Send each prompt with the options (JSON text) of its row, and return what came back as JSON.

    The members are those of `Response` without times; `stopped` where the client ended because of it, and `refused` where the
    options cannot work, so that nothing was sent. Raises `DbtLlmError` where nothing may be spent.
    """
    return [json.dumps(_asked(prompt, text), ensure_ascii=False) for prompt, text in zip(prompts, options, strict=True)]


def _asked(prompt: str, text: str) -> dict[str, Any]:
    kept = _Kept()
    try:
        options = CompleteOptions.parse(text)
        run = Run(options.plan(), _stream(prompt), kept)
    except ConfigurationError as error:
        return {"refused": error.sentence("calibrate")}
    host.refuse_to_spend_unless_asked("calibrate", allow_outside_dbt=options.allow_outside_dbt)
    if host.is_cache_only():
        raise SpendRefusedError(
            "dbt_llm.calibrate: nothing is sent, as the environment variable DBT_LLM_MODE is 'cache_only'. Expected 'live'."
        )
    host.wait(submit(run.execute()), run)
    told: dict[str, Any] = {}
    if kept.response is not None:
        told = {name: value for name, value in asdict(kept.response).items() if value is not None and not name.endswith("_at")}
    stopped = run.error.sentence("calibrate", 0) if run.error is not None else run.stopped
    return {**told, "stopped": str(stopped)} if stopped is not None else told


async def _stream(prompt: str) -> AsyncIterator[list[Request]]:
    yield [Request("0", prompt)]


class _Kept:
    """A `Sink` of one response."""

    response: Response | None = None

    def keep(self, request: Request, response: Response) -> None:  # noqa: ARG002
        self.response = response

    def let_go(self, request: Request) -> None:
        """Nobody waits for it."""

    async def wait_for_room(self) -> None:
        return

    async def close(self) -> None:
        return
