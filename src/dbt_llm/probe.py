"""One request of a calibration: what an endpoint says to it, kept whole, whatever it is."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from typing import Any

from .client import (
    ConfigurationError,
    DbtLlmError,
    FatalEndpointError,
    Request,
    Response,
    Run,
    SpendRefusedError,
    UnansweredError,
    host,
    submit,
)
from .options import ProbeOptions

__all__ = ["probe"]


def probe(prompts: Sequence[str], options: Sequence[str]) -> list[str]:
    """Send each prompt with the options (JSON text) of its row, and return what came back as JSON.

    The members are those of `Response` without times; `refused` instead where the options cannot work, so that nothing was sent.
    Raises `DbtLlmError` where nothing may be spent, and where the endpoint answers nobody (a bad key, no credit, no server): that
    is no answer to a question, and is to be asked again. Only a probe that asks for a refusal has it as `stopped`.
    """
    return [json.dumps(_asked(prompt, text), ensure_ascii=False) for prompt, text in zip(prompts, options, strict=True)]


def _asked(prompt: str, text: str) -> dict[str, Any]:
    kept = _Kept()
    try:
        options = ProbeOptions.parse(text)
        run = Run(options.plan(), _stream(prompt), kept)
    except ConfigurationError as error:
        return {"refused": error.sentence("calibrate")}
    host.refuse_to_spend_unless_asked("calibrate", allow_outside_dbt=options.allow_outside_dbt)
    if host.is_cache_only():
        raise SpendRefusedError(
            "dbt_llm.calibrate: nothing is sent, as the environment variable DBT_LLM_MODE is 'cache_only'. Expected 'live'."
        )
    host.wait(submit(run.execute()), run)
    # Of a single request nobody can tell whose fault a refusal is; that it was refused, and how, is what was asked.
    if isinstance(run.error, UnansweredError) or (isinstance(run.error, FatalEndpointError) and options.asks_for_refusal):
        return {"stopped": str(run.error)}
    if run.error is not None:
        raise DbtLlmError(run.error.sentence("calibrate", 0))
    if kept.response is None:
        raise DbtLlmError(f"dbt_llm.calibrate: {run.stopped or 'no answer came'}.")
    told = asdict(kept.response).items()
    return {name: value for name, value in told if value is not None and not name.endswith("_at")}


async def _stream(prompt: str) -> AsyncIterator[list[Request]]:
    yield [Request("0", prompt)]


class _Kept:
    """A `Sink` of one response."""

    response: Response | None = None

    has_room = True
    changes = ()

    def keep(self, request: Request, response: Response) -> None:  # noqa: ARG002
        self.response = response

    def let_go(self, request: Request) -> None:
        """Nobody waits for it."""

    async def wait_for_room(self) -> None:
        return

    async def close(self) -> None:
        return
