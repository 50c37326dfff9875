"""Inline completion for ad-hoc SQL: a column of prompts in, a column of completions out."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence

from .client import (
    ConfigurationError,
    DbtLlmError,
    Request,
    Response,
    Run,
    SpendRefusedError,
    host,
    submit,
)
from .contract import unwrapped
from .options import CompleteOptions

__all__ = ["complete"]


def complete(prompts: Sequence[str | None], options: Sequence[str | None]) -> list[str | None]:
    """Complete each prompt with the options (JSON text) of the same row; equal ones are sent once.

    The completion is None for a prompt that is None or whose request failed; failures are counted and logged as one
    warning. There is no cache and no validation.

    Raises `DbtLlmError` where the options cannot work, nothing may be spent, or the endpoint answers nothing.
    """
    completions: list[str | None] = [None] * len(prompts)
    rows_by_options: dict[str | None, list[int]] = {}
    for row, prompt in enumerate(prompts):
        if prompt is not None:
            rows_by_options.setdefault(options[row], []).append(row)
    for text, rows in rows_by_options.items():
        distinct = list(dict.fromkeys(str(prompts[row]) for row in rows))
        answers = dict(zip(distinct, _complete(distinct, text), strict=True))
        for row in rows:
            completions[row] = answers[str(prompts[row])]
    return completions


def _complete(prompts: Sequence[str], text: str | None) -> list[str | None]:
    try:
        options = CompleteOptions.parse(text or "null")
        answers = _Answers(len(prompts), is_json=options.response_format is not None)
        run = Run(options.plan(), _stream(prompts), answers)
    except ConfigurationError as error:
        raise DbtLlmError(error.sentence("complete")) from None
    host.refuse_to_spend_unless_asked("complete", allow_outside_dbt=options.allow_outside_dbt)
    if host.is_cache_only():
        raise SpendRefusedError(
            "dbt_llm.complete: nothing is sent, as the environment variable DBT_LLM_MODE is"
            " 'cache_only'. Expected a macro that stores its answers, such as dbt_llm.enrich."
        )
    if run.warning is not None:
        host.warning(f"dbt_llm.complete: {run.warning}")
    host.wait(submit(run.execute()), run)
    if run.stopped == "unanswered":
        # What was answered is paid for, and would be lost with the statement.
        host.warning(str(run.error))
        answers.failures["unanswered"] += len(prompts) - run.counts.settled
    elif run.error is not None:
        raise DbtLlmError(run.error.sentence("complete", 0))
    elif run.stopped is not None:
        raise DbtLlmError(f"dbt_llm.complete: {run.stopped}.")
    if answers.failures:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in answers.failures.most_common())
        host.warning(
            f"dbt_llm.complete: {answers.failures.total():,} of {len(prompts):,} requests to endpoint"
            f" '{options.endpoint_name}' failed ({kinds}); their completions are null."
        )
    return answers.completions


async def _stream(prompts: Sequence[str]) -> AsyncIterator[list[Request]]:
    yield [Request(str(number), prompt) for number, prompt in enumerate(prompts)]


class _Answers:
    """A `Sink` in memory."""

    has_room = True
    changes = ()

    def __init__(self, count: int, *, is_json: bool) -> None:
        self._is_json = is_json
        self.completions: list[str | None] = [None] * count
        self.failures: Counter[str] = Counter()

    def keep(self, request: Request, response: Response) -> None:
        if response.error_class is None:
            completion = response.completion
            self.completions[int(request.key)] = unwrapped(completion) if self._is_json and completion is not None else completion
        else:
            self.failures[response.error_class] += 1

    def let_go(self, request: Request) -> None:
        """Nobody waits for it."""

    async def wait_for_room(self) -> None:
        return

    async def close(self) -> None:
        return
