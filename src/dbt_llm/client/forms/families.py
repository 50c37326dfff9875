"""What families of language models take of a task's model parameters, and how they want it said.

A task keeps its parameters, and its request key holds them as they were written; what a model would refuse is said otherwise
or left out when a request is made, for each request that had it would fail. A name that is not known is left alone.

OpenAI: https://developers.openai.com/api/docs/guides/latest-model and .../guides/reasoning, as other clients have read them
(2026-11): `max_completion_tokens` from o1 and gpt-5 on; no sampling where a model reasons, which gpt-5.1, 5.2 and 5.4 by
themselves do not. Claude: https://platform.claude.com/docs/en/build-with-claude/effort (2026-11), and 400 to sampling from 4.7
on. Gemini: https://ai.google.dev/gemini-api/docs/thinking and .../docs/openai (2026-11): levels from 3 on, budgets in 2.5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["claude_effort", "is_claude", "leave_out_refused", "name_of_most_tokens", "take_effort", "thinking_config"]

_REASONS = re.compile(r"(?:^|/)(?:o[1-9](?:-|$)|gpt-(?!35)(?:[5-9]|[1-9]\d)(?:[.-]|$))")
_CHATS = re.compile(r"-chat(?:-|$)")
_REASONS_IF_ASKED = re.compile(r"(?:^|/)gpt-5\.[124](?:-\d{4}-\d\d-\d\d)?$")
"""Those whose effort is `none` unless a request says otherwise."""
_TAKES_NONE = re.compile(r"(?:^|/)gpt-5\.[1-5](?:-|$)")
"""Those that take sampling with the effort `none`."""
_OLDER = re.compile(r"(?:^|/)(?:chatgpt-|gpt-(?:3\.?5|4))")
_OPENAI_SAMPLING = (
    *("temperature", "top_p", "presence_penalty", "frequency_penalty"),
    *("logprobs", "top_logprobs", "logit_bias", "stop"),
)


def name_of_most_tokens(model_name: str, provider: str) -> str | None:
    """What chat completions call the most tokens of a completion; None: as the task says it."""
    if provider == "mistral":
        return "max_tokens"
    return "max_completion_tokens" if _REASONS.search(model_name) else None


def leave_out_refused(model_name: str, parameters: dict[str, Any], *, has_claude: bool = False) -> str | None:
    """Remove the parameters that the model would refuse; return a sentence that says so, if there were any.

    `has_claude`: it is a Claude model, whatever its name.
    """
    refused = _refused(model_name, parameters, has_claude=has_claude)
    named = [name for name in refused if name in parameters]
    if not named:
        return None
    for name in named:
        del parameters[name]
    instead = "" if "reasoning_effort" in named else " What it has in their place is reasoning_effort."
    return f"{model_name} takes no {', '.join(named)}, which the model parameters have; it is called without.{instead}"


def _refused(model_name: str, parameters: Mapping[str, Any], *, has_claude: bool) -> tuple[str, ...]:
    if has_claude or _NAME.search(model_name):
        return () if _takes_sampling(model_name) else _SAMPLING
    if _OLDER.search(model_name) or (_REASONS.search(model_name) and _CHATS.search(model_name)):
        return ("reasoning_effort", "reasoning")
    if not _REASONS.search(model_name):
        return ()
    said = parameters.get("reasoning_effort")
    if said is None and isinstance(parameters.get("reasoning"), Mapping):
        said = parameters["reasoning"].get("effort")
    is_off = said == "none" and _TAKES_NONE.search(model_name)
    return () if is_off or (said is None and _REASONS_IF_ASKED.search(model_name)) else _OPENAI_SAMPLING


def take_effort(parameters: dict[str, Any]) -> str | None:
    """Remove how much a model is to think, in OpenAI's word for it, and return it."""
    effort = parameters.pop("reasoning_effort", None)
    return None if effort is None else str(effort)


_NAME = re.compile(r"claude-(?P<family>[a-z]+)-(?P<major>\d+)(?:-(?P<minor>\d)(?!\d))?")
_OLD_NAME = re.compile(r"claude-(?:instant|v?[123]\b|[123]-)")
_SAMPLING = ("temperature", "top_p", "top_k")
# Claude 4.7 and later answer 400 to them, whatever their value; of Haiku, what comes after 4.5.
_LAST_WITH_SAMPLING = {"opus": (4, 6), "sonnet": (4, 6), "haiku": (4, 5)}
_LAST_WITHOUT_EFFORT = {"opus": (4, 4), "sonnet": (4, 5), "haiku": (4, 5)}
_CLAUDES_EFFORT = {"none": "low", "minimal": "low"}


def is_claude(model_name: str) -> bool:
    """Whether a provider of many families serves a Claude model by this name."""
    return "anthropic." in model_name


def claude_effort(model_name: str, effort: str | None) -> tuple[str | None, str | None]:
    """The effort as a Claude model takes it, and a sentence where it takes none."""
    if effort is None:
        return None, None
    if _OLD_NAME.search(model_name) or _is_until(model_name, _LAST_WITHOUT_EFFORT):
        return None, f"{model_name} takes no reasoning_effort, which the model parameters have; it is called without."
    return _CLAUDES_EFFORT.get(effort, effort), None


def _takes_sampling(model_name: str) -> bool:
    # One that is not known is a newer one.
    return bool(_OLD_NAME.search(model_name)) or _is_until(model_name, _LAST_WITH_SAMPLING)


def _is_until(model_name: str, last: Mapping[str, tuple[int, int]]) -> bool:
    found = _NAME.search(model_name)
    of_family = last.get(found["family"]) if found is not None else None
    return found is not None and of_family is not None and (int(found["major"]), int(found["minor"] or 0)) <= of_family


_GEMINI = re.compile(r"gemini-(\d+)(?:\.(\d+))?")
# All of Gemini 3 take these three; `minimal` is refused by some.
_LEVELS = {"none": "low", "minimal": "low", "low": "low", "medium": "medium", "high": "high", "xhigh": "high", "max": "high"}
# As Google's own interface in OpenAI's form takes them.
_BUDGETS = {"none": 0, "minimal": 1_024, "low": 1_024, "medium": 8_192, "high": 24_576, "xhigh": 24_576, "max": 24_576}
_LEAST_OF_PRO = 128


def thinking_config(model_name: str, effort: str | None) -> tuple[dict[str, Any] | None, str | None]:
    """Gemini's `thinkingConfig` for an effort, and a sentence where the model takes none."""
    if effort is None:
        return None, None
    found = _GEMINI.search(model_name)
    version = (int(found[1]), int(found[2] or 0)) if found is not None else (3, 0)
    if version < (2, 5) or effort not in _LEVELS:
        what = "reasoning_effort" if version < (2, 5) else f"reasoning_effort of '{effort}'"
        return None, f"{model_name} takes no {what}, which the model parameters have; it is called without."
    if version < (3, 0):
        least = _LEAST_OF_PRO if "pro" in model_name else 0
        return {"thinkingBudget": max(_BUDGETS[effort], least)}, None
    return {"thinkingLevel": _LEVELS[effort]}, None
